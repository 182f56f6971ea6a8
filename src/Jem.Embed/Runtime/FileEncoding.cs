using System.Runtime.CompilerServices;
using Jem.Embed.Vectors;
using Jem.Imaging;

namespace Jem.Embed.Runtime;

/// <summary>An image file that could not be read, and why.</summary>
public sealed record SkippedImage(string Path, string Reason);

/// <summary>Some of the files, in their order: the embeddings of those that could be read, and the others.</summary>
/// <param name="Files">One per row of the vectors.</param>
public sealed record EncodedBatch(IReadOnlyList<string> Files, VectorMatrix Vectors, IReadOnlyList<SkippedImage> Skipped);

/// <summary>Encodes many image files: some threads decode ahead while the encoder works on a batch.</summary>
public static class FileEncoding
{
    /// <summary>
    /// The embeddings of files, batch by batch, in the order of the files. However many there are,
    /// only a few batches of prepared images are in memory.
    /// </summary>
    public static async IAsyncEnumerable<EncodedBatch> EncodeFilesAsync(
        this Encoder encoder, IReadOnlyList<string> files, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var size = encoder.Options.BatchSize;
        var ahead = new Queue<Task<Prepared>>();
        var started = 0;
        for (var done = 0; done < files.Count;)
        {
            cancellation.ThrowIfCancellationRequested();
            while (started < files.Count && ahead.Count < 2 * size)
            {
                var path = files[started++];
                ahead.Enqueue(Task.Run(() => Prepare(encoder, path), cancellation));
            }

            var prepared = new List<Prepared>(size);
            while (prepared.Count < size && ahead.TryDequeue(out var next))
            {
                prepared.Add(await next);
            }

            done += prepared.Count;
            yield return Embed(encoder, prepared);
        }
    }

    private static EncodedBatch Embed(Encoder encoder, List<Prepared> prepared)
    {
        var good = prepared.Where(image => image.Pixels is not null).ToList();
        var pixels = new byte[good.Count * encoder.SamplesPerImage];
        for (var i = 0; i < good.Count; i++)
        {
            good[i].Pixels!.Value.Span.CopyTo(pixels.AsSpan(i * encoder.SamplesPerImage));
        }

        return new EncodedBatch(
            [.. good.Select(image => image.Path)],
            encoder.Embed(pixels, good.Count),
            [.. prepared.Where(image => image.Error is not null).Select(image => new SkippedImage(image.Path, image.Error!))]);
    }

    private static Prepared Prepare(Encoder encoder, string path)
    {
        try
        {
            return new Prepared(path, encoder.Prepare(ImageDecoder.Decode(path)), null);
        }
        catch (Exception error) when (error is JemException or IOException)
        {
            return new Prepared(path, null, error.Message);
        }
    }

    private sealed record Prepared(string Path, ReadOnlyMemory<byte>? Pixels, string? Error);
}
