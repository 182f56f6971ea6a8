using System.Diagnostics;
using Jem.Embed.Runtime;
using Jem.Embed.Vectors;
using Jem.Imaging;

namespace Jem.Embed.Tool.Commands;

/// <summary>Encodes files with progress, hands each batch on, and names the files that could not be read.</summary>
internal static class EncodeLoop
{
    /// <returns>What was done, for a person: how many images, how fast.</returns>
    /// <exception cref="JemException">No file could be read.</exception>
    public static async Task<string> RunAsync(
        CommandConsole console,
        Encoder encoder,
        IReadOnlyList<string> files,
        Func<IReadOnlyList<string>, VectorMatrix, Task> write,
        CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var (skipped, repeated) = (new List<SkippedImage>(), new RepeatedVectors());
        var encoded = 0;
        await console.WithProgressAsync("Encoding", files.Count, async report =>
        {
            await foreach (var batch in encoder.EncodeFilesAsync(files, cancellation))
            {
                await write(batch.Files, batch.Vectors);
                repeated.Add(batch.Vectors, row => batch.Files[row], row => batch.Contents[row]);
                encoded += batch.Files.Count;
                skipped.AddRange(batch.Skipped);
                report(encoded + skipped.Count);
            }
        });
        console.Report(skipped, files.Count);
        console.Warn(repeated, encoder);
        Func<int, string>? advice = encoder.Info.Range > 0 ? null : range => $"An encoder trained with ?range={range} sees more.";
        foreach (var line in encoder.Remarks.Lines("those given", advice))
        {
            console.Complain(line);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        return encoded > 0
            ? $"{encoded} images ({encoder.Info.Dimension} numbers each) in {seconds:0.0} s, {encoded / seconds:0} images/s"
            : throw new JemException($"None of the {files.Count} files could be read as an image; nothing is written.");
    }
}
