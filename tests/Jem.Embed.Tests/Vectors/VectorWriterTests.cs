using Jem.Embed.Vectors;
using Jem.Imaging;
using Parquet;
using Parquet.Serialization;
using Parquet.Serialization.Attributes;

namespace Jem.Embed.Tests.Vectors;

public sealed class VectorWriterTests : IDisposable
{
    private static readonly string[] s_names = ["a.png", "b, \"c\".png", "d ü.png"];
    private static readonly float[] s_numbers = [1, -2.5f, 0.1f, float.Epsilon, 3e38f, 0];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public async Task Npy_is_numpys_format_with_names_beside_it()
    {
        await WriteAsync(_folder.At("v.npy"));
        var bytes = File.ReadAllBytes(_folder.At("v.npy"));
        Assert.That(bytes[..8], Is.EqualTo(new byte[] { 0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0 }));
        var length = bytes[8] + (256 * bytes[9]);
        Assert.That((10 + length) % 64, Is.Zero);
        Assert.That(
            System.Text.Encoding.ASCII.GetString(bytes, 10, length),
            Does.Match(@"^\{'descr': '<f4', 'fortran_order': False, 'shape': \(3, 2\), \} *\n$"));
        Assert.That(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes.AsSpan(10 + length)).ToArray(), Is.EqualTo(s_numbers));
        Assert.That(File.ReadAllLines(_folder.At("v.txt")), Is.EqualTo(s_names));
    }

    [Test]
    public async Task A_mapped_npy_file_holds_the_same_numbers()
    {
        await WriteAsync(_folder.At("v.npy"));
        var vectors = NpyFile.Map(_folder.At("v.npy"), out var owner);
        using (owner)
        {
            Assert.That((vectors.Count, vectors.Dimension), Is.EqualTo((3, 2)));
            Assert.That(vectors.Data.ToArray(), Is.EqualTo(s_numbers));
        }

        Assert.That(() => vectors.Row(0).Length, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Csv_has_a_header_and_quotes_names()
    {
        await WriteAsync(_folder.At("v.csv"));
        Assert.That(File.ReadAllText(_folder.At("v.csv")), Is.EqualTo("path,e0,e1\na.png,1,-2.5\n\"b, \"\"c\"\".png\",0.1,1E-45\nd ü.png,3E+38,0\n"));
    }

    [Test]
    public async Task Parquet_has_a_path_and_a_list_per_row()
    {
        await WriteAsync(_folder.At("v.parquet"));
        var rows = (await ParquetSerializer.DeserializeAsync<Row>(_folder.At("v.parquet"))).Data;
        Assert.That(rows.Select(row => row.Path), Is.EqualTo(s_names));
        Assert.That(rows.SelectMany(row => row.Embedding), Is.EqualTo(s_numbers));
        Assert.That(rows.Select(row => row.Embedding.Count), Is.All.EqualTo(2));
    }

    [Test]
    public async Task Parquet_of_many_vectors_has_several_row_groups()
    {
        using var writer = VectorWriter.Create(_folder.At("many.parquet"), 3);
        for (var batch = 0; batch < 50; batch++)
        {
            var numbers = Enumerable.Range(3 * 1000 * batch, 3000).Select(i => (float)i).ToArray();
            await writer.WriteAsync([.. Enumerable.Range(1000 * batch, 1000).Select(i => $"{i}.png")], new VectorMatrix(numbers, 1000, 3));
        }

        await writer.CompleteAsync();
        await using var reader = await ParquetReader.CreateAsync(_folder.At("many.parquet"));
        Assert.That(reader.RowGroupCount, Is.EqualTo(3));
        var rows = (await ParquetSerializer.DeserializeAsync<Row>(_folder.At("many.parquet"))).Data;
        Assert.That(rows, Has.Count.EqualTo(50_000));
        Assert.That((rows[^1].Path, rows[^1].Embedding[2]), Is.EqualTo(("49999.png", 149_999f)));
    }

    [TestCase("v.npy")]
    [TestCase("v.csv")]
    [TestCase("v.parquet")]
    public async Task A_writer_that_is_not_finished_leaves_nothing(string name)
    {
        using (var writer = VectorWriter.Create(_folder.At(name), 2))
        {
            await writer.WriteAsync(s_names, new VectorMatrix(s_numbers, 3, 2));
        }

        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Is.Empty);
    }

    [Test]
    public void Of_two_files_neither_is_left_when_the_second_cannot_be_made()
    {
        Directory.CreateDirectory(_folder.At("v.txt.partial"));
        Assert.That(() => VectorWriter.Create(_folder.At("v.npy"), 2), Throws.InstanceOf<UnauthorizedAccessException>().Or.InstanceOf<IOException>());
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Is.EqualTo(new[] { _folder.At("v.txt.partial") }));
    }

    [Test]
    public void Names_never_lie_beside_the_vectors_of_others()
    {
        // A folder in its place keeps the vectors from getting their name.
        Directory.CreateDirectory(_folder.At("v.npy"));
        File.WriteAllText(_folder.At("v.txt"), "old");
        Assert.That(() => WriteAsync(_folder.At("v.npy")), Throws.InstanceOf<UnauthorizedAccessException>().Or.InstanceOf<IOException>());
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Is.EqualTo(new[] { _folder.At("v.npy") }));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there.")]
    public async Task Links_of_vectors_and_names_stay_links()
    {
        Directory.CreateDirectory(_folder.At("disk/."));
        File.CreateSymbolicLink(_folder.At("v.npy"), _folder.At("disk/v.npy"));
        File.CreateSymbolicLink(_folder.At("v.txt"), _folder.At("disk/v.txt"));
        foreach (var name in new[] { "old.png", "new.png" })
        {
            using var writer = VectorWriter.Create(_folder.At("v.npy"), 2);
            await writer.WriteAsync([name], new VectorMatrix(new float[] { 1, 2 }, 1, 2));
            await writer.CompleteAsync();
        }

        Assert.That(new FileInfo(_folder.At("v.txt")).LinkTarget, Is.EqualTo(_folder.At("disk/v.txt")));
        Assert.That(File.ReadAllText(_folder.At("v.txt")), Is.EqualTo("new.png\n"));
    }

    [Test]
    public async Task Lines_of_names_stand_for_any_name()
    {
        string[] names = ["a\nb\r.png", "\"q\".png", "tab\t.png", "back\\n.png", "sep\u2028.png"];
        using (var writer = VectorWriter.Create(_folder.At("v.npy"), 2))
        {
            await writer.WriteAsync(names, new VectorMatrix(new float[10], 5, 2));
            await writer.CompleteAsync();
        }

        var lines = File.ReadAllText(_folder.At("v.txt"));
        Assert.That(lines, Is.EqualTo("\"a\\nb\\r.png\"\n\"\\\"q\\\".png\"\n\"tab\\t.png\"\nback\\n.png\n\"sep\\u2028.png\"\n"));
        Assert.That(lines.TrimEnd('\n').Split('\n').Select(NameLines.FromLine), Is.EqualTo(names));
        Assert.That(() => NameLines.FromLine("\"half"), Throws.TypeOf<JemException>().With.Message.Contains("is no JSON string"));
    }

    [TestCase("v.npy", float.NaN)]
    [TestCase("v.csv", float.PositiveInfinity)]
    [TestCase("v.parquet", float.NegativeInfinity)]
    public void A_vector_that_is_not_finite_is_refused_by_name(string name, float number)
    {
        using (var writer = VectorWriter.Create(_folder.At(name), 2))
        {
            Assert.That(
                async () => await writer.WriteAsync(["a.png", "b.png"], new VectorMatrix(new[] { 1, 2, number, 3 }, 2, 2)),
                Throws.TypeOf<JemException>().With.Message.Contains("not finite for b.png: number 0 of it is"));
        }

        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Is.Empty);
    }

    [Test]
    public void Names_and_vectors_that_do_not_match_are_refused()
    {
        using var writer = VectorWriter.Create(_folder.At("v.csv"), 2);
        Assert.That(async () => await writer.WriteAsync(["a"], new VectorMatrix(new float[4], 2, 2)), Throws.ArgumentException);
        Assert.That(async () => await writer.WriteAsync(["a"], new VectorMatrix(new float[3], 1, 3)), Throws.ArgumentException);
    }

    [Test]
    public void An_unknown_ending_is_answered_with_the_known_ones() =>
        Assert.That(() => VectorWriter.Create("v.json", 2), Throws.TypeOf<ArgumentException>().With.Message.EqualTo(
            "Cannot write vectors to v.json: the ending is '.json'; expected one of .parquet, .npy, .csv."));

    private static async Task WriteAsync(string path)
    {
        using var writer = VectorWriter.Create(path, 2);
        await writer.WriteAsync(s_names[..1], new VectorMatrix(s_numbers.AsMemory(0, 2), 1, 2));
        await writer.WriteAsync(s_names[1..], new VectorMatrix(s_numbers.AsMemory(2, 4), 2, 2));
        await writer.CompleteAsync();
    }

    private sealed class Row
    {
        [ParquetRequired]
        [System.Text.Json.Serialization.JsonPropertyName("path")]
        public string Path { get; set; } = "";

        [System.Text.Json.Serialization.JsonPropertyName("embedding")]
        public List<float> Embedding { get; set; } = [];
    }
}
