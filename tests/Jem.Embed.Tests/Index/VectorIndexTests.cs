using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Embed.Vectors;
using Jem.Imaging;

namespace Jem.Embed.Tests.Index;

public sealed class VectorIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Encoder _encoder;

    public VectorIndexTests() => _encoder = new Encoder(TestEncoder.Write(_folder.At("e.onnx"), dimension: 2));

    public void Dispose()
    {
        _encoder.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task What_was_written_is_found_again()
    {
        await WriteAsync();
        using var index = VectorIndex.Open(_folder.At("index"));
        var found = index.Search([10, 10], 2);
        Assert.That(
            found.Select(item => item.Path),
            Is.EqualTo(new[] { Path.Combine(_folder.Path, "diagonal.png"), Path.Combine(_folder.Path, "right ü.png") }));
        Assert.That(found.Select(item => item.Similarity), Is.EqualTo(new[] { 1, MathF.Sqrt(0.5f) }).Within(1e-6f));
        Assert.That(found.Select(item => item.Rank), Is.EqualTo(new[] { 1, 2 }));
        Assert.That((index.Count, index.Dimension), Is.EqualTo((4, 2)));
    }

    [Test]
    public async Task It_carries_its_encoder()
    {
        await WriteAsync();
        using var index = VectorIndex.Open(_folder.At("index"));
        using var copy = new Encoder(Path.Combine(_folder.At("index"), IndexWriter.EncoderFile));
        index.CheckEncoder(copy);
        using var other = new Encoder(TestEncoder.Write(_folder.At("other.onnx"), dimension: 3));
        Assert.That(() => index.CheckEncoder(other), Throws.TypeOf<JemException>().With.Message.Contains("was made with another encoder"));
    }

    [Test]
    public void In_memory_it_scales_what_it_is_given()
    {
        using var index = new VectorIndex(["a", "b"], new VectorMatrix(new float[] { 100, 0, 0, 0.01f }, 2, 2), "hash");
        Assert.That(index.Search([1, 2], 1).Single().Path, Is.EqualTo("b"));
    }

    [Test]
    public void A_vector_that_is_not_finite_is_an_error() =>
        Assert.That(
            () => new VectorIndex(["a", "b"], new VectorMatrix(new float[] { 1, 0, 0, float.NaN }, 2, 2), ""),
            Throws.TypeOf<JemException>().With.Message.StartsWith("Vector 1 (counted from 0) is not finite"));

    [Test]
    public async Task Damage_is_noticed()
    {
        await WriteAsync();
        var vectors = Path.Combine(_folder.At("index"), IndexWriter.VectorsFile);
        File.WriteAllBytes(vectors, File.ReadAllBytes(vectors)[..^1]);
        Assert.That(
            () => VectorIndex.Open(_folder.At("index")),
            Throws.TypeOf<JemException>().With.Message.Contains("is not whole: 4 vectors of 2 need 160 bytes; it has 159."));
        File.Delete(vectors);
        Assert.That(() => VectorIndex.Open(_folder.At("index")), Throws.TypeOf<JemException>().With.Message.Contains("has lost vectors.npy"));
        File.WriteAllText(Path.Combine(_folder.At("index"), IndexManifest.FileName), "{");
        Assert.That(() => VectorIndex.Open(_folder.At("index")), Throws.TypeOf<JemException>().With.Message.Contains("index.json is damaged"));
        Assert.That(() => VectorIndex.Open(_folder.At("no/index")), Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains("There is no index"));
        Assert.That(() => VectorIndex.Open(_folder.Path), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("is no index: it has no index.json"));
    }

    [Test]
    public async Task An_index_that_is_not_finished_leaves_the_old_one()
    {
        await WriteAsync();
        using (var writer = new IndexWriter(_folder.At("index"), _encoder, _folder.Path))
        {
            await writer.WriteAsync(["new.png"], new VectorMatrix(new float[] { 1, 0 }, 1, 2));
        }

        using var index = VectorIndex.Open(_folder.At("index"));
        Assert.That(index.Count, Is.EqualTo(4));
        Assert.That(Directory.Exists($"{_folder.At("index")}.part"), Is.False);
    }

    [Test]
    public async Task An_encoder_from_bytes_is_carried_too()
    {
        using var encoder = new Encoder(File.ReadAllBytes(_folder.At("e.onnx")), "the upload");
        await WriteAsync(encoder);
        using var copy = new Encoder(Path.Combine(_folder.At("index"), IndexWriter.EncoderFile));
        using var index = VectorIndex.Open(_folder.At("index"));
        index.CheckEncoder(copy);
        Assert.That(IndexManifest.Read(_folder.At("index")).EncoderPath, Is.EqualTo("the upload"));
    }

    private async Task WriteAsync(Encoder? encoder = null)
    {
        using var writer = new IndexWriter(_folder.At("index"), encoder ?? _encoder, _folder.Path);
        await writer.WriteAsync(["right ü.png", "up, left.png"], new VectorMatrix(new float[] { 2, 0, 0, 3 }, 2, 2));
        await writer.WriteAsync(["diagonal.png", "back.png"], new VectorMatrix(new float[] { 1, 1, -1, -1 }, 2, 2));
        await writer.CompleteAsync();
    }
}
