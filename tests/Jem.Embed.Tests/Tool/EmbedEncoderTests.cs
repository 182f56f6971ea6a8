using Jem.Embed.Index;
using Jem.Embed.Runtime;

namespace Jem.Embed.Tests.Tool;

/// <summary>Encoders that are broken, or that are not those of the index.</summary>
public sealed class EmbedEncoderTests : EmbedAppFixture
{
    [TestCase("encode", "--out", "v.csv")]
    [TestCase("encode", "--out", "v.npy")]
    [TestCase("encode", "--out", "v.parquet")]
    [TestCase("index", "--out", "i")]
    public async Task An_encoder_that_is_broken_is_told_with_the_image_and_leaves_nothing(string verb, string option, string name)
    {
        TestEncoder.Write(Model, change: model => TestEncoder.SetWeights(model, _ => float.NaN));
        var run = await RunAsync(verb, Folder.At("photos"), "--model", Model, option, Folder.At(name));
        Assert.That((run.Code, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.StartWith($"{Model} gives a vector that is not finite for {Folder.At("photos/blue.webp")}: number 0 of it is NaN."));
        Assert.That(Directory.EnumerateFileSystemEntries(Folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "encoder.onnx", "photos" }));
    }

    [TestCase("search", "blue.webp")]
    [TestCase("gallery", "", "--out", "page.html")]
    public async Task A_query_that_is_not_finite_is_told_with_the_image(string verb, string query, params string[] rest)
    {
        // Of black pixels the numbers overflow, of the others they do not.
        TestEncoder.Write(Model, change: model => TestEncoder.SetWeights(model, i => i % 12 < 4 ? float.MaxValue : 1));
        await RunAsync("index", Folder.At("photos/reds"), "--model", TestEncoder.Write(Folder.At("good.onnx")), "--out", Folder.At("i"));
        File.Copy(Model, Folder.At("i/encoder.onnx"), overwrite: true);
        var manifest = IndexManifest.Read(Folder.At("i"));
        using (var encoder = new Encoder(Model))
        {
            (manifest with { EncoderSha256 = encoder.Sha256 }).Write(Folder.At("i"));
        }

        var options = rest.Select(part => part.StartsWith('-') ? part : Folder.At(part));
        var run = await RunAsync([verb, Path.Combine(Folder.At("photos"), query), "--index", Folder.At("i"), .. options]);
        Assert.That((run.Code, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.Contain($"encoder.onnx gives a vector that is not finite for {Folder.At("photos/")}"));
    }

    [TestCase("encode", "--out", "v.csv")]
    [TestCase("index", "--out", "i")]
    public async Task An_encoder_that_gives_one_vector_for_all_images_is_warned_of(string verb, string option, string name)
    {
        TestEncoder.Write(Model, change: model => TestEncoder.SetWeights(model, _ => 0));
        var run = await RunAsync(verb, Folder.At("photos"), "--model", Model, option, Folder.At(name));
        var warning = $"3 of 3 different images got the same vector as {Folder.At("photos/blue.webp")} (zeros): {Model} may have collapsed. "
            + "Similarities between them mean nothing.\n";
        Assert.That((run.Code, run.Error), Is.EqualTo((0, warning)));
        if (verb == "index")
        {
            var gallery = await RunAsync("gallery", Folder.At("photos"), "--index", Folder.At(name), "--out", Folder.At("page.html"));
            Assert.That((gallery.Code, gallery.Error), Is.EqualTo((0, warning.Replace(Model, Folder.At("i/encoder.onnx")))));
            var search = await RunAsync("search", Folder.At("photos/blue.webp"), "--index", Folder.At(name));
            Assert.That((search.Code, search.Error), Is.EqualTo((0, search.Error)));
            Assert.That(search.Error, Does.Contain("gives zeros for").And.Contain("may have collapsed"));
        }
    }

    [Test]
    public async Task Another_encoder_than_the_indexs_is_refused()
    {
        await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"));
        var run = await RunAsync(
            "search", Folder.At("photos/blue.webp"), "--index", Folder.At("index"), "--model", TestEncoder.Write(Folder.At("other.onnx"), dimension: 7));
        Assert.That((run.Code, run.Error), Is.EqualTo((1, run.Error)));
        Assert.That(run.Error, Does.Contain("was made with another encoder"));
    }

    [TestCase("search")]
    [TestCase("gallery")]
    public async Task An_index_that_lost_its_encoder_is_a_failure_that_says_what_to_do(string verb)
    {
        await RunAsync("index", Folder.At("photos"), "--model", Model, "--out", Folder.At("index"));
        File.Delete(Folder.At("index/encoder.onnx"));
        string[] page = verb == "gallery" ? ["--out", Folder.At("page.html")] : [];
        var run = await RunAsync([verb, Folder.At("photos/blue.webp"), "--index", Folder.At("index"), .. page]);
        var lost = $"The index {Folder.At("index")} has lost encoder.onnx. Put a copy of its encoder there, or make the index again.\n";
        Assert.That(run, Is.EqualTo((1, "", lost)));
    }
}
