using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Nn;

/// <summary>What several losses need and no parameter belongs to.</summary>
public static class Functional
{
    /// <summary>Rows of unit length: x / max(‖x‖, ε) over the last axis, as PyTorch's normalize.</summary>
    public static Value Normalize(Value x, double epsilon = 1e-12)
    {
        // The maximum inside the root: the root's own gradient at zero is infinite.
        var square = SumKeep(x * x, x.Shape.Rank - 1);
        return x / Sqrt(Max(square, ScalarLike(x, epsilon * epsilon)));
    }

    /// <summary>Pixels 0–255 as bytes [N,C,H,W] → (pixel/255 − mean)/std, channel by channel.</summary>
    /// <exception cref="ArgumentException">There is not one mean and one positive deviation for each channel.</exception>
    public static Value NormalizePixels(Value pixels, IReadOnlyList<double> mean, IReadOnlyList<double> std)
    {
        // One channel would broadcast to many without a word.
        if (mean.Count != pixels.Shape[1] || std.Count != pixels.Shape[1] || std.Any(deviation => !(deviation > 0)))
        {
            throw new ArgumentException(
                $"image.mean and image.std need one number for each of {pixels.Shape[1]} channels, std > 0; "
                + $"got [{string.Join(", ", mean)}] and [{string.Join(", ", std)}].");
        }

        var x = Cast(pixels, DType.Float);
        Shape channels = [1, mean.Count, 1, 1];
        var factor = ConstantLike(x, channels, [.. std.Select(deviation => 1 / (255 * deviation))]);
        var offset = ConstantLike(x, channels, [.. mean.Zip(std, (m, deviation) => -m / deviation)]);
        return (x * factor) + offset;
    }
}
