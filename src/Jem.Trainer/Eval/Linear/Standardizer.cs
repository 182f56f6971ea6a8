using System.Numerics.Tensors;
using Jem.Embed.Vectors;

namespace Jem.Trainer.Eval.Linear;

/// <summary>
/// Brings every feature to mean 0 and deviation 1 over the training rows, so that a probe's settings suit features of any scale:
/// what MAE (He et al., arXiv:2111.06377, appendix A) does with a batch norm without affine before its linear probe.
/// </summary>
internal sealed class Standardizer
{
    private readonly float[] _mean;
    private readonly float[] _scale;

    public Standardizer(VectorMatrix rows)
    {
        var (sum, square) = (new double[rows.Dimension], new double[rows.Dimension]);
        for (var row = 0; row < rows.Count; row++)
        {
            var values = rows.Row(row);
            for (var i = 0; i < values.Length; i++)
            {
                sum[i] += values[i];
                square[i] += (double)values[i] * values[i];
            }
        }

        _mean = Array.ConvertAll(sum, value => (float)(value / rows.Count));
        _scale = [.. square.Zip(sum, (s, m) => (float)(1 / Math.Max(Math.Sqrt(Math.Max(0, (s / rows.Count) - Math.Pow(m / rows.Count, 2))), 1e-6)))];
    }

    /// <summary>A copy with the features standardised and a last one that is 1 everywhere, for the bias: [N, D + 1].</summary>
    public VectorMatrix Apply(VectorMatrix rows)
    {
        var length = rows.Dimension + 1;
        var data = new float[(long)rows.Count * length];
        Parallel.For(0, rows.Count, row =>
        {
            var values = data.AsSpan(row * length, length);
            TensorPrimitives.Subtract(rows.Row(row), _mean, values[..^1]);
            TensorPrimitives.Multiply(values[..^1], _scale, values[..^1]);
            values[^1] = 1;
        });
        return new VectorMatrix(data, rows.Count, length);
    }
}
