using Jem.Embed.Vectors;

namespace Jem.Trainer.Eval.Vectors;

/// <summary>Embeddings (or pixels) with the class of each row.</summary>
public sealed record LabelledVectors(VectorMatrix Vectors, int[] Labels, int Classes)
{
    /// <summary>A copy of some rows.</summary>
    public LabelledVectors Take(IReadOnlyList<int> rows)
    {
        var data = new float[rows.Count * Vectors.Dimension];
        for (var i = 0; i < rows.Count; i++)
        {
            Vectors.Row(rows[i]).CopyTo(data.AsSpan(i * Vectors.Dimension));
        }

        return new LabelledVectors(new VectorMatrix(data, rows.Count, Vectors.Dimension), [.. rows.Select(row => Labels[row])], Classes);
    }
}
