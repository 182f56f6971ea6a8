using System.Runtime.CompilerServices;
using Jem.Embed.Vectors;
using Jem.Imaging;

namespace Jem.Embed.Runtime;

/// <summary>An image file that could not be read, and why.</summary>
public sealed record SkippedImage(string Path, string Reason);

/// <summary>Some of the files, in their order: the embeddings of those that could be read, and the others.</summary>
/// <param name="Files">One per row of the vectors.</param>
/// <param name="Vectors">[N, D].</param>
/// <param name="Skipped">Files that are not images, or cannot be read.</param>
/// <param name="Contents">One per row of the vectors: equal where the encoder was given the same pixels. They mean nothing to another process.</param>
public sealed record EncodedBatch(IReadOnlyList<string> Files, VectorMatrix Vectors, IReadOnlyList<SkippedImage> Skipped, IReadOnlyList<int> Contents);

/// <summary>Encodes many image files: some threads decode ahead while the encoder works on a batch.</summary>
public static class FileEncoding
{
    /// <summary>
    /// The embeddings of files, batch by batch, in the order of the files. However many there are,
    /// only a few batches of prepared images are in memory.
    /// </summary>
    /// <exception cref="JemException">An embedding is not finite; the message names the file and the encoder.</exception>
    public static async IAsyncEnumerable<EncodedBatch> EncodeFilesAsync(
        this Encoder encoder, IReadOnlyList<string> files, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(files);
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
            yield return Embed(encoder, prepared, cancellation);
        }
    }

    /// <summary>The embedding of one file.</summary>
    /// <exception cref="JemException">The file is no image that the encoder reads, or its embedding is not finite; the message names it.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static float[] EncodeFile(this Encoder encoder, string path, CancellationToken cancellation = default)
    {
        var vector = new float[encoder.Info.Dimension];
        encoder.Embed(Pixels(encoder, path).Span, 1, vector, _ => path, cancellation);
        return vector;
    }

    private static EncodedBatch Embed(Encoder encoder, List<Prepared> prepared, CancellationToken cancellation)
    {
        var good = prepared.Where(image => image.Pixels is not null).ToList();
        var pixels = new byte[good.Count * encoder.SamplesPerImage];
        for (var i = 0; i < good.Count; i++)
        {
            good[i].Pixels!.Value.Span.CopyTo(pixels.AsSpan(i * encoder.SamplesPerImage));
        }

        var vectors = new float[good.Count * encoder.Info.Dimension];
        encoder.Embed(pixels, good.Count, vectors, row => good[row].Path, cancellation);
        return new EncodedBatch(
            [.. good.Select(image => image.Path)],
            new VectorMatrix(vectors, good.Count, encoder.Info.Dimension),
            [.. prepared.Where(image => image.Error is not null).Select(image => new SkippedImage(image.Path, image.Error!))],
            [.. good.Select(image => image.Content)]);
    }

    private static Prepared Prepare(Encoder encoder, string path)
    {
        try
        {
            var pixels = Pixels(encoder, path);
            return new Prepared(path, pixels, RepeatedVectors.Content(pixels.Span), null);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Whatever is wrong with one file, the others are encoded.
            return new Prepared(path, null, 0, error.Message);
        }
    }

    private static ReadOnlyMemory<byte> Pixels(Encoder encoder, string path)
    {
        var read = ImageDecoder.Read(path, encoder.Info.Decoding);
        encoder.Remarks.Add(read);
        try
        {
            return encoder.Prepare(read.Image);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new JemException($"{path} cannot be given to {encoder.Name}: {error.Message}", error);
        }
    }

    private sealed record Prepared(string Path, ReadOnlyMemory<byte>? Pixels, int Content, string? Error);
}
