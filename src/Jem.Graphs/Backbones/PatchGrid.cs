using Jem.Graphs.Ir;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Backbones;

/// <summary>The square patches of an image, and values that belong to their places.</summary>
internal static class PatchGrid
{
    /// <summary>How many patches fill a side.</summary>
    /// <exception cref="ArgumentException">They do not fill it.</exception>
    public static long Check(long side, long patch)
    {
        if (side % patch == 0)
        {
            return side / patch;
        }

        var sides = new[] { side / patch * patch, ((side / patch) + 1) * patch }.Where(fitting => fitting > 0);
        var patches = Enumerable.Range(1, (int)side).Where(fitting => side % fitting == 0);
        throw new ArgumentException(
            $"Patches of {patch} pixels (backbone.patch) do not fill images of {side}×{side}. They fill sides of {string.Join(" and ", sides)}; "
            + $"a side of {side} is filled by patches of {string.Join(", ", patches)}.");
    }

    /// <summary>
    /// Values of a square grid at the places of another, [1,own²,D] → [1,rows·columns,D]: bicubic, as PyTorch's interpolate with
    /// align_corners=False and no antialiasing, which DINO resamples positions by (arXiv:2104.14294). A matrix product, so gradients flow.
    /// </summary>
    public static Value Resample(Value values, long own, long rows, long columns)
    {
        if (rows == own && columns == own)
        {
            return values;
        }

        var (down, across) = (Bicubic((int)own, (int)rows), Bicubic((int)own, (int)columns));
        double[] matrix = [.. from row in down from column in across from a in row from b in column select a * b];
        return MatMul(ConstantLike(values, [rows * columns, own * own], matrix), values);
    }

    /// <summary>For each output the weights of all inputs along one axis. Keys' kernel (1981) with a = −0.75; places outside take the edge's value.</summary>
    private static double[][] Bicubic(int inputs, int outputs) => [.. Enumerable.Range(0, outputs).Select(output =>
    {
        var weights = new double[inputs];
        var place = ((output + 0.5) * inputs / outputs) - 0.5;
        for (var tap = (int)Math.Floor(place) - 1; tap <= Math.Floor(place) + 2; tap++)
        {
            weights[Math.Clamp(tap, 0, inputs - 1)] += Kernel(Math.Abs(place - tap));
        }

        return weights;
    })];

    private static double Kernel(double x)
    {
        const double A = -0.75;
        return x <= 1 ? ((((A + 2) * x) - (A + 3)) * x * x) + 1 : ((((x - 5) * x) + 8) * x * A) - (4 * A);
    }
}
