using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Embed.Vectors;

namespace Jem.Trainer.Reporting.Embeddings;

/// <summary>What one state of a network makes of the sampled images.</summary>
/// <param name="Step">Steps it was trained.</param>
/// <param name="Neighbours">For each image the others that are most similar by cosine, best first, [count, <see cref="NeighbourCount"/>].</param>
/// <param name="Similarities">Their cosines.</param>
/// <param name="Map">Positions in the plane, [count, 2].</param>
internal sealed record SampleEmbedding(long Step, int[][] Neighbours, float[][] Similarities, float[] Map)
{
    public const int NeighbourCount = 6;

    /// <param name="report">Told how many images are embedded.</param>
    /// <exception cref="Jem.Imaging.JemException">An embedding is not finite, or the encoder fails.</exception>
    public static SampleEmbedding Of(Encoder encoder, long step, ReportSample sample, Action<int> report, CancellationToken cancellation)
    {
        var vectors = Embed(encoder, sample, report, cancellation).ToUnitLength();

        // Every image finds itself, though not always first: there may be copies of it.
        var found = ExactSearch.Nearest(vectors, vectors, NeighbourCount + 1, cancellation).AsCosines();
        var others = Enumerable.Range(0, sample.Count).Select(query => Others(found, query)).ToArray();
        return new SampleEmbedding(
            step,
            [.. others.Select(rows => rows.Select(row => row.Row).ToArray())],
            [.. others.Select(rows => rows.Select(row => row.Similarity).ToArray())],
            TSne.Map(vectors, cancellation: cancellation));
    }

    /// <summary>The share of neighbours that are of the image's own class, over all images.</summary>
    public double SameClass(int[] labels) =>
        Neighbours.SelectMany((rows, query) => rows.Select(row => labels[row] == labels[query] ? 1.0 : 0)).DefaultIfEmpty().Average();

    private static VectorMatrix Embed(Encoder encoder, ReportSample sample, Action<int> report, CancellationToken cancellation)
    {
        var (batch, dimension) = (encoder.Options.BatchSize, encoder.Info.Dimension);
        var data = new float[sample.Count * dimension];
        for (var first = 0; first < sample.Count; first += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var (start, count) = (first, Math.Min(batch, sample.Count - first));
            report(first);
            var pixels = sample.Pixels.AsSpan(first * encoder.SamplesPerImage, count * encoder.SamplesPerImage);
            encoder.Embed(pixels, count, data.AsSpan(first * dimension, count * dimension), row => sample.Names[start + row], cancellation);
        }

        return new VectorMatrix(data, sample.Count, dimension);
    }

    private static List<(int Row, float Similarity)> Others(NearestRows found, int query)
    {
        var others = new List<(int, float)>();
        for (var i = 0; i < found.K && others.Count < NeighbourCount; i++)
        {
            if (found.Rows(query)[i] != query)
            {
                others.Add((found.Rows(query)[i], found.Similarities(query)[i]));
            }
        }

        return others;
    }
}
