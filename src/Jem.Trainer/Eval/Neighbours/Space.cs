using System.Numerics.Tensors;
using Jem.Embed.Vectors;
using Jem.Imaging;

namespace Jem.Trainer.Eval.Neighbours;

/// <summary>Vectors brought into a form in which the nearest have the largest dot product.</summary>
internal abstract class Space(VectorMatrix queries)
{
    /// <summary>[Q, D'].</summary>
    public VectorMatrix Queries { get; } = queries;

    public static Space Of(Distance distance, VectorMatrix queries, double temperature) =>
        distance == Distance.Cosine ? new CosineSpace(queries, temperature) : EuclideanSpace.Around(queries);

    /// <summary>Rows of the bank, [N, D'].</summary>
    public abstract VectorMatrix Bank(VectorMatrix rows);

    /// <summary>How much the neighbours of a query count in a vote.</summary>
    /// <param name="products">With the query, the largest first.</param>
    public abstract double[] Votes(int query, ReadOnlySpan<float> products);
}

/// <summary>Votes weigh exp(cosine/τ) (Wu et al., arXiv:1805.01978, section 3.4).</summary>
internal sealed class CosineSpace(VectorMatrix queries, double temperature) : Space(queries.ToUnitLength())
{
    public override VectorMatrix Bank(VectorMatrix rows) => rows.ToUnitLength();

    // The largest cosine is taken out, so that no temperature overflows.
    public override double[] Votes(int query, ReadOnlySpan<float> products)
    {
        var votes = new double[products.Length];
        for (var i = 0; i < votes.Length; i++)
        {
            votes[i] = Math.Exp((products[i] - products[0]) / temperature);
        }

        return votes;
    }
}

/// <summary>
/// ‖q − b‖² = ‖q‖² − 2(q·b − ‖b‖²/2): a query gets a 1 and a row −‖b‖²/2 as one more number. Distances do not change when all is moved,
/// so the mean of the queries is moved to 0, which keeps the numbers small. Votes weigh 1/(distance + 10⁻⁵), as in solo-learn.
/// </summary>
internal sealed class EuclideanSpace : Space
{
    private const double Epsilon = 1e-5;

    private readonly float[] _mean;

    private EuclideanSpace(VectorMatrix queries, float[] mean)
        : base(queries) => _mean = mean;

    public static EuclideanSpace Around(VectorMatrix queries)
    {
        var sum = new double[queries.Dimension];
        for (var row = 0; row < queries.Count; row++)
        {
            var values = queries.Row(row);
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += values[i];
            }
        }

        var mean = Array.ConvertAll(sum, value => (float)(value / queries.Count));
        return new EuclideanSpace(Extended(queries, mean, _ => 1), mean);
    }

    public override VectorMatrix Bank(VectorMatrix rows) => Extended(rows, _mean, square => -square / 2);

    public override double[] Votes(int query, ReadOnlySpan<float> products)
    {
        var square = TensorPrimitives.SumOfSquares(Queries.Row(query)[..^1]);
        var votes = new double[products.Length];
        for (var i = 0; i < votes.Length; i++)
        {
            votes[i] = 1 / (Math.Sqrt(Math.Max(0, square - (2.0 * products[i]))) + Epsilon);
        }

        return votes;
    }

    private static VectorMatrix Extended(VectorMatrix rows, float[] mean, Func<float, float> last)
    {
        var (dimension, data) = (rows.Dimension + 1, new float[rows.Count * (rows.Dimension + 1)]);
        for (var row = 0; row < rows.Count; row++)
        {
            var into = data.AsSpan(row * dimension, dimension);
            TensorPrimitives.Subtract(rows.Row(row), mean, into[..^1]);
            var square = TensorPrimitives.SumOfSquares<float>(into[..^1]);
            into[^1] = float.IsFinite(square)
                ? last(square)
                : throw new JemException(
                    $"Vector {row} (counted from 0) is not finite: its squared length is {square}. The encoder's weights or its input are damaged.");
        }

        return new VectorMatrix(data, rows.Count, dimension);
    }
}
