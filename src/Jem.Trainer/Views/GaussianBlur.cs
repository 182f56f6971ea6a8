using System.Buffers;
using System.Numerics;
using Jem.Imaging.Resizing;

namespace Jem.Trainer.Views;

/// <summary>
/// Gaussian blur with mirrored borders, as torchvision's gaussian_blur, with the kernel of SimCLR: a tenth of the side
/// (google-research/simclr, data_util.py: radius = ⌊⌊side/10⌋/2⌋), so 23 pixels at 224 and never fewer than 3.
/// </summary>
internal static class GaussianBlur
{
    /// <summary>Pixels on each side of the kernel's centre for a view of a side.</summary>
    public static int Radius(int side) => Math.Min(Math.Max(1, side / 10 / 2), side - 1);

    /// <param name="sigma">Standard deviation in pixels, &gt; 0.</param>
    public static void Apply(FloatPlanes view, double sigma) => Apply(view, sigma, Radius(view.Width));

    internal static void Apply(FloatPlanes view, double sigma, int radius)
    {
        var side = view.Width;
        var kernel = ArrayPool<float>.Shared.Rent(radius + 1);
        var padded = ArrayPool<float>.Shared.Rent((side + (2 * radius)) * side);
        FillKernel(kernel.AsSpan(0, radius + 1), sigma);
        for (var channel = 0; channel < view.Channels; channel++)
        {
            BlurPlane(view.Plane(channel), side, kernel.AsSpan(0, radius + 1), padded);
        }

        ArrayPool<float>.Shared.Return(kernel);
        ArrayPool<float>.Shared.Return(padded);
    }

    /// <summary>Weights at distances 0, 1, … from the centre.</summary>
    private static void FillKernel(Span<float> kernel, double sigma)
    {
        double total = 0;
        for (var i = 0; i < kernel.Length; i++)
        {
            total += (i == 0 ? 1 : 2) * Math.Exp(-0.5 * i * i / (sigma * sigma));
        }

        for (var i = 0; i < kernel.Length; i++)
        {
            kernel[i] = (float)(Math.Exp(-0.5 * i * i / (sigma * sigma)) / total);
        }
    }

    private static void BlurPlane(Span<float> plane, int side, ReadOnlySpan<float> kernel, Span<float> padded)
    {
        // Down the columns: rows above and below the plane are mirrored, without repeating the border row.
        var radius = kernel.Length - 1;
        var body = padded.Slice(radius * side, side * side);
        plane.CopyTo(body);
        for (var i = 1; i <= radius; i++)
        {
            body.Slice(i * side, side).CopyTo(padded[((radius - i) * side)..]);
            body.Slice((side - 1 - i) * side, side).CopyTo(padded[((radius + side - 1 + i) * side)..]);
        }

        Convolve(padded, side, kernel, plane, round: false);

        // Along the rows, one at a time.
        for (var row = 0; row < side; row++)
        {
            var line = plane.Slice(row * side, side);
            line.CopyTo(padded[radius..]);
            for (var i = 1; i <= radius; i++)
            {
                padded[radius - i] = line[i];
                padded[radius + side - 1 + i] = line[side - 1 - i];
            }

            Convolve(padded, 1, kernel, line, round: true);
        }
    }

    /// <summary>target[i] = Σ kernel[|k|] · source[i + (radius + k)·step] for k = −radius … radius.</summary>
    private static unsafe void Convolve(ReadOnlySpan<float> source, int step, ReadOnlySpan<float> kernel, Span<float> target, bool round)
    {
        fixed (float* first = source, weights = kernel, to = target)
        {
            var (i, radius, width) = (0, kernel.Length - 1, Vector<float>.Count);
            var center = first + (radius * step);
            for (; i <= target.Length - width; i += width)
            {
                var at = center + i;
                var sum = Vector.Load(at) * weights[0];
                for (var k = 1; k <= radius; k++)
                {
                    sum += (Vector.Load(at - (k * step)) + Vector.Load(at + (k * step))) * weights[k];
                }

                (round ? Vector.Round(sum) : sum).Store(to + i);
            }

            for (; i < target.Length; i++)
            {
                var sum = center[i] * weights[0];
                for (var k = 1; k <= radius; k++)
                {
                    sum += (center[i - (k * step)] + center[i + (k * step)]) * weights[k];
                }

                to[i] = round ? MathF.Round(sum) : sum;
            }
        }
    }
}
