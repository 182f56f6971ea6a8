using Jem.Embed.Vectors;
using Jem.Trainer.Data;

namespace Jem.Trainer.Eval.Vectors;

/// <summary>The vectors of an image set: a block at a time, or all of them held in memory and computed once.</summary>
/// <param name="report">Told how many images are done.</param>
public sealed class EmbeddedImages(IImageSet images, IEmbedder embedder, Action<int> report)
{
    private const int BlockRows = 1024;
    private const int BatchRows = 256;

    private VectorMatrix? _held;

    /// <summary>The class of each row; empty without labels.</summary>
    public int[] Labels { get; } = images.Labels ?? [];

    public int Classes => images.ClassNames.Count;

    public int Count => images.Count;

    /// <summary>All vectors in order, in blocks; computed while they are asked for unless they are held. A block is good until the next one.</summary>
    public IEnumerable<VectorMatrix> Blocks(CancellationToken cancellation = default)
    {
        var (dimension, buffer) = (embedder.Dimension, _held is null ? new float[BlockRows * embedder.Dimension] : []);
        for (var first = 0; first < images.Count; first += BlockRows)
        {
            var rows = Math.Min(BlockRows, images.Count - first);
            var block = _held?.Data.Slice(first * dimension, rows * dimension) ?? buffer.AsMemory(0, rows * dimension);
            if (_held is null)
            {
                Embed(first, rows, buffer.AsMemory(0, rows * dimension), cancellation);
            }

            yield return new VectorMatrix(block, rows, dimension);
        }
    }

    /// <summary>All vectors at once.</summary>
    /// <exception cref="DataException">They do not fit.</exception>
    public LabelledVectors All(CancellationToken cancellation = default)
    {
        if (_held is null)
        {
            var length = (long)images.Count * embedder.Dimension;
            RequireRoom(length);
            var data = new float[length];
            Embed(0, images.Count, data, cancellation);
            _held = new VectorMatrix(data, images.Count, embedder.Dimension);
        }

        return new LabelledVectors(_held, Labels, Classes);
    }

    private void Embed(int first, int count, Memory<float> into, CancellationToken cancellation)
    {
        for (var done = 0; done < count; done += BatchRows)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = Math.Min(BatchRows, count - done);
            embedder.Embed(images, first + done, rows, into.Slice(done * embedder.Dimension, rows * embedder.Dimension));
            report(first + done + rows);
        }
    }

    // Probes work on a standardised copy, retrieval on one of unit length.
    private void RequireRoom(long numbers)
    {
        var (needed, available) = (2 * numbers * sizeof(float), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (numbers > Array.MaxLength || needed > available)
        {
            throw new DataException(
                $"{images.Count:N0} vectors of {embedder.Dimension:N0} numbers ({(embedder.Sha256 is null ? "raw pixels" : $"{embedder.Name} encoder")}) "
                + $"take {needed / 1e9:F1} GB with a working copy; {available / 1e9:F1} GB can be had. "
                + $"Nearest neighbours alone hold only a block of them: --protocol knn{(embedder.Sha256 is null ? ", or leave out --baselines" : "")}.");
        }
    }
}
