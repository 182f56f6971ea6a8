using System.Text;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;

namespace Jem.Graphs.Tests.Export;

public class SafetensorsTests
{
    private static readonly NamedTensor[] s_tensors =
    [
        NamedTensor.FromFloats("b.weight", [2, 3], [1, -2, 3.5f, 0, float.NaN, float.PositiveInfinity]),
        NamedTensor.FromFloats("a.scalar", [], [7]),
        NamedTensor.FromFloats("empty", [0, 4], []),
        new("ünïcode \"name\"", DType.UInt8, [3], [1, 2, 255]),
        new("ints", DType.Int64, [1], [1, 0, 0, 0, 0, 0, 0, 128]),
        new("small ints", DType.Int32, [1], [1, 2, 3, 4]),
        new("doubles", DType.Double, [1], [1, 2, 3, 4, 5, 6, 7, 8]),
        new("bits", DType.Bool, [2], [0, 1]),
    ];

    [Test]
    public void Tensors_survive_being_written_and_read_in_their_order()
    {
        var read = Safetensors.Read(new MemoryStream(File()), out var metadata);
        Assert.That(read.Select(tensor => (tensor.Name, tensor.Type)), Is.EqualTo(s_tensors.Select(tensor => (tensor.Name, tensor.Type))));
        Assert.That(read.Select(tensor => tensor.Shape), Is.EqualTo(s_tensors.Select(tensor => tensor.Shape)));
        Assert.That(read.Select(tensor => tensor.Data), Is.EqualTo(s_tensors.Select(tensor => tensor.Data)));
        Assert.That(metadata, Is.EqualTo(new Dictionary<string, string> { ["jem"] = "1" }));
    }

    [Test]
    public void The_data_begin_at_a_multiple_of_eight() =>
        Assert.That(BitConverter.ToUInt64(File()) % 8, Is.Zero);

    [Test]
    public void A_file_cut_off_anywhere_is_refused()
    {
        var file = File();
        for (var length = 0; length < file.Length; length++)
        {
            Assert.That(() => Safetensors.Read(new MemoryStream(file, 0, length)), Throws.TypeOf<InvalidDataException>(), $"at {length} of {file.Length}");
        }
    }

    [Test]
    public void Another_file_is_refused() =>
        Assert.That(() => Safetensors.Read(new MemoryStream(Encoding.ASCII.GetBytes("\u0089PNG and so on, much longer than a header"))),
            Throws.TypeOf<InvalidDataException>()
            .With.Message.Matches("^Not a safetensors file: its header claims [0-9]+ bytes.$"));

    [Test]
    public void A_shape_that_does_not_fit_its_bytes_is_refused() =>
        Assert.That(() => Read("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"""), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            "Tensor 'x' has 8 bytes; its shape [3] of float32 needs 12."));

    [TestCase("""{"x":{"dtype":"F8","shape":[2],"data_offsets":[0,8]}}""", TestName = "An_unknown_type_is_refused")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2]}}""", TestName = "A_tensor_without_a_place_is_refused")]
    [TestCase("""{"x":{"dtype":"F32","shape":"2","data_offsets":[0,8]}}""", TestName = "A_shape_that_is_no_list_is_refused")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
        TestName = "Tensors_that_overlap_are_refused")]
    [TestCase("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", TestName = "Tensors_with_a_gap_before_them_are_refused")]
    [TestCase("""{"x":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""", TestName = "A_negative_dimension_is_refused")]
    [TestCase("""{"x":{"dtype":"U8","shape":[1000000000000],"data_offsets":[0,1000000000000]}}""", TestName = "A_tensor_larger_than_the_file_is_refused")]
    [TestCase("""{"x":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", TestName = "A_shape_of_too_many_elements_is_refused")]
    [TestCase("""["x"]""", TestName = "A_header_that_is_no_object_is_refused")]
    [TestCase("""{"x":""", TestName = "A_broken_header_is_refused")]
    [TestCase("null", TestName = "An_empty_header_is_refused")]
    public void A_broken_header_is_refused(string header) => Assert.That(() => Read(header), Throws.TypeOf<InvalidDataException>());

    private static byte[] File()
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, s_tensors, new Dictionary<string, string> { ["jem"] = "1" });
        return stream.ToArray();
    }

    /// <summary>A file with this header and sixteen bytes of data.</summary>
    private static IReadOnlyList<NamedTensor> Read(string header) =>
        Safetensors.Read(new MemoryStream([.. BitConverter.GetBytes((ulong)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[16]]));
}
