using Jem.Embed.Runtime;
using Jem.Imaging;
using Jem.Imaging.Resizing;

namespace Jem.Embed.Tests.Runtime;

public sealed class FileEncodingTests
{
    // A GIF of two frames of 2×2 pixels, black and white.
    private const string TwoFrames = "R0lGODlhAgACAIAAAAAAAP///yH5BAAKAAAALAAAAAACAAIAAAIDBAAFACH5BAAKAAAALAAAAAACAAIAAAIDTBIFADs=";

    [Test]
    public async Task Files_keep_their_order_and_damaged_ones_are_named()
    {
        using var folder = new TemporaryFolder();
        using var encoder = new Encoder(TestEncoder.Write(folder.At("e.onnx")), new EncoderOptions { BatchSize = 4 });
        var files = Enumerable.Range(0, 11).Select(i => TestImages.SavePlain(folder.At($"{i:00}.png"), (byte)(20 * i), 50, 9)).ToList();
        File.WriteAllText(files[5], "damaged");

        var batches = await encoder.EncodeFilesAsync(files).ToListAsync();

        Assert.That(batches.Select(batch => batch.Files.Count + batch.Skipped.Count), Is.EqualTo(new[] { 4, 4, 3 }));
        Assert.That(batches.SelectMany(batch => batch.Files), Is.EqualTo(files.Where((_, i) => i != 5)));
        Assert.That(batches.SelectMany(batch => batch.Skipped).Select(image => image.Path), Is.EqualTo(new[] { files[5] }));
        var one = encoder.EmbedBatch([ImageDecoder.Decode(files[9])]);
        Assert.That(batches[2].Vectors.Row(1).ToArray(), Is.EqualTo(one.Row(0).ToArray()).Within(1e-5f));
    }

    [Test]
    public async Task A_file_that_cannot_be_prepared_is_named_and_left_out()
    {
        using var folder = new TemporaryFolder();
        using var encoder = new Encoder(TestEncoder.Write(folder.At("e.onnx"), channels: 4));
        var file = TestImages.SavePlain(folder.At("grey.png"), 1);
        var skipped = (await encoder.EncodeFilesAsync([file]).ToListAsync()).Single().Skipped.Single();
        var reason = $"{file} cannot be given to {encoder.Name}: An image of 1 channels cannot become one of 4: only grey and RGB convert into each other.";
        Assert.That(skipped, Is.EqualTo(new SkippedImage(file, reason)));
        Assert.That(() => encoder.EncodeFile(file), Throws.TypeOf<JemException>().With.Message.EqualTo(reason));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_vector_that_is_not_finite_names_the_image_and_the_encoder(bool normalize)
    {
        using var folder = new TemporaryFolder();
        var options = new EncoderOptions { BatchSize = 2, Normalize = normalize };
        using var encoder = new Encoder(TestEncoder.Write(folder.At("e.onnx"), change: model => TestEncoder.SetWeights(model, _ => float.NaN)), options);
        string[] files = [folder.At("no.png"), TestImages.SavePlain(folder.At("a.png"), 1, 2, 3), TestImages.SavePlain(folder.At("b.png"), 1, 2, 3)];
        var message = $"{encoder.Name} gives a vector that is not finite for {files[1]}: number 0 of it is NaN.";
        Assert.That(async () => await encoder.EncodeFilesAsync(files).ToListAsync(), Throws.TypeOf<JemException>().With.Message.StartsWith(message));
        Assert.That(() => encoder.EncodeFile(files[1]), Throws.TypeOf<JemException>().With.Message.StartsWith(message));
    }

    [Test]
    public async Task Contents_tell_copies_from_other_images()
    {
        using var folder = new TemporaryFolder();
        using var encoder = new Encoder(TestEncoder.Write(folder.At("e.onnx")));
        string[] files =
        [
            TestImages.SavePlain(folder.At("a.png"), 1, 2, 3),
            TestImages.SavePlain(folder.At("b.png"), 1, 2, 3),
            TestImages.SavePlain(folder.At("c.png"), 1, 2, 4),
        ];
        var contents = (await encoder.EncodeFilesAsync(files).ToListAsync()).Single().Contents;
        Assert.That((contents[0] == contents[1], contents[0] == contents[2]), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task Large_photographs_are_reduced_while_they_are_decoded()
    {
        const int Side = 6000;
        using var folder = new TemporaryFolder();
        using var encoder = new Encoder(TestEncoder.Write(folder.At("e.onnx")));
        ImageEncoder.Save(Resizer.Resize(TestImages.Noise(60, 60, 3, 1), Side, Side), folder.At("a.png"));
        File.Copy(folder.At("a.png"), folder.At("b.png"));
        var whole = encoder.EmbedBatch([ImageDecoder.Decode(folder.At("a.png"))]).Row(0).ToArray();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var batches = await encoder.EncodeFilesAsync([folder.At("a.png"), folder.At("b.png")]).ToListAsync();
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(2L * Side * Side), "one whole image has 3 bytes a pixel");
        Assert.That(batches[0].Vectors.Row(1).ToArray(), Is.EqualTo(whole).Within(0.03f));
    }

    [Test]
    public async Task Remarks_count_what_a_person_should_know()
    {
        using var folder = new TemporaryFolder();
        using var encoder = new Encoder(TestEncoder.Write(folder.At("e.onnx")));
        ImageEncoder.Save(TestImages.Noise(8, 8, 3, 1), folder.At("a.png"));
        File.WriteAllBytes(folder.At("b.gif"), Convert.FromBase64String(TwoFrames));
        await encoder.EncodeFilesAsync([folder.At("a.png"), folder.At("b.gif")]).ToListAsync();
        Assert.That(encoder.Remarks.Lines("it", null), Is.EqualTo(new[] { "1 of 2 images of it have further pages or frames: of each the first is read." }));
    }

    [Test]
    public void It_can_be_cancelled()
    {
        using var folder = new TemporaryFolder();
        using var encoder = new Encoder(TestEncoder.Write(folder.At("e.onnx")));
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.That(
            async () => await encoder.EncodeFilesAsync([TestImages.SavePlain(folder.At("a.png"), 1, 2, 3)], cancellation.Token).ToListAsync(),
            Throws.InstanceOf<OperationCanceledException>());
    }
}
