using Jem.Embed.Runtime;
using Jem.Imaging;

namespace Jem.Embed.Tests.Runtime;

public sealed class FileEncodingTests
{
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
