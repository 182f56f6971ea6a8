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
            Throws.TypeOf<JemException>().With.Message.Contains("gives a vector that is not finite for b: number 1 of it is NaN."));

    [Test]
    public void A_similarity_is_a_cosine()
    {
        var random = new Random(1);
        var vectors = new VectorMatrix(Enumerable.Range(0, 500 * 37).Select(_ => random.NextSingle() - 0.5f).ToArray(), 500, 37);
        using var index = new VectorIndex([.. Enumerable.Range(0, 500).Select(i => $"{i}")], vectors, "hash");
        Assert.That(index.Search(vectors, 1).AllSimilarities, Is.All.LessThanOrEqualTo(1f));
        Assert.That(Enumerable.Range(0, 500).Select(row => index.Search(vectors.Row(row), 1)[0].Similarity), Is.All.LessThanOrEqualTo(1f));
    }

    [TestCase(1e30f)]
    [TestCase(1e-30f)]
    public void Very_long_and_very_short_vectors_keep_their_direction(float length)
    {
        using var index = new VectorIndex(["a", "b"], new VectorMatrix(new[] { length, length, length, -length }, 2, 2), "hash");
        Assert.That(index.Search([1, 1], 2).Select(found => found.Similarity), Is.EqualTo(new[] { 1f, 0f }).Within(1e-6f));
    }

    [Test]
    public void A_wrong_query_is_refused_and_any_number_of_neighbours_may_be_asked_for()
    {
        using var index = new VectorIndex(["a", "b"], new VectorMatrix(new float[] { 1, 0, 0, 1 }, 2, 2), "hash");
        var message = "A query has 3 numbers; the vectors of the index have 2.";
        Assert.That(() => index.Search([1, 2, 3], 1), Throws.ArgumentException.With.Message.Contains(message));
        Assert.That(() => index.Search([], 1), Throws.ArgumentException.With.Message.Contains("A query has 0 numbers"));
        Assert.That(() => index.Search([1, 2], 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => index.Search([1, float.NaN], 1), Throws.TypeOf<JemException>().With.Message.Contains("not finite"));
        Assert.That(index.Search([1, 2], int.MaxValue), Has.Count.EqualTo(2));
        Assert.That(() => new VectorIndex(["a"], new VectorMatrix(new float[4], 2, 2), "hash"), Throws.ArgumentException);
        Assert.That(() => new VectorIndex(null!, new VectorMatrix(new float[4], 2, 2), "hash"), Throws.ArgumentNullException);
    }

    [Test]
    public async Task Pictures_are_found_where_they_are()
    {
        File.WriteAllText(_folder.At("home/photos/right ü.png"), "");
        using (var writer = new IndexWriter(_folder.At("home/index"), _encoder, _folder.At("home/photos")))
        {
            await writer.WriteAsync(["right ü.png"], new VectorMatrix(new float[] { 2, 0 }, 1, 2));
            await writer.CompleteAsync();
        }

        Assert.That(RootOf("home/index"), Is.EqualTo(_folder.At("home/photos")));
        Directory.Move(_folder.At("home/index"), _folder.At("elsewhere/index"));
        Assert.That(RootOf("elsewhere/index"), Is.EqualTo(_folder.At("home/photos")), "the index alone was moved");
        Directory.Move(_folder.At("home/photos"), _folder.At("elsewhere/photos"));
        Assert.That(RootOf("elsewhere/index"), Is.EqualTo(_folder.At("elsewhere/photos")), "both were moved");
        Directory.Move(_folder.At("elsewhere/photos"), _folder.At("pictures"));
        Assert.That(RootOf("elsewhere/index"), Is.EqualTo(_folder.At("home/photos")), "it is where it was, as far as can be told");
        using var index = VectorIndex.Open(_folder.At("elsewhere/index"), _folder.At("pictures"));
        Assert.That(index.Search([1, 0], 1)[0].Path, Is.EqualTo(Path.Combine(_folder.At("pictures"), "right ü.png")));
    }

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
        using (var writer = new IndexWriter(_folder.At("index"), _encoder, _folder.Path, overwrite: true))
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

    private string RootOf(string index)
    {
        using var opened = VectorIndex.Open(_folder.At(index));
        return opened.Root;
    }

    private async Task WriteAsync(Encoder? encoder = null)
    {
        using var writer = new IndexWriter(_folder.At("index"), encoder ?? _encoder, _folder.Path);
        await writer.WriteAsync(["right ü.png", "up, left.png"], new VectorMatrix(new float[] { 2, 0, 0, 3 }, 2, 2));
        await writer.WriteAsync(["diagonal.png", "back.png"], new VectorMatrix(new float[] { 1, 1, -1, -1 }, 2, 2));
        await writer.CompleteAsync();
    }
}
