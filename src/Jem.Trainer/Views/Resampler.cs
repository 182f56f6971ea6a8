using System.Buffers;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Jem.Trainer.Views;

/// <summary>Cuts a rectangle out of each plane of an image and resizes it, rounding to whole levels.</summary>
internal static class Resampler
{
    private static readonly ResizeFilter s_default = ResizeFilter.Get("bilinear", antialias: true);

    /// <param name="destination">Receives square planes.</param>
    /// <param name="filter">Bilinear with antialias if null.</param>
    public static void Resample(PlanarImage image, CropBox box, bool mirror, ViewPlanes destination, ResizeFilter? filter = null)
    {
        filter ??= s_default;
        var side = destination.Side;
        var (tapsX, tapsY) = (Taps.CountFor(box.Width, side, filter), Taps.CountFor(box.Height, side, filter));
        var starts = ArrayPool<int>.Shared.Rent(2 * side);
        var floats = ArrayPool<float>.Shared.Rent((side * (tapsX + tapsY)) + box.Width);
        var x = new Taps(starts.AsSpan(0, side), floats.AsSpan(0, side * tapsX), box.Width, mirror, filter);
        var y = new Taps(starts.AsSpan(side, side), floats.AsSpan(side * tapsX, side * tapsY), box.Height, mirror: false, filter);
        var line = floats.AsSpan(side * (tapsX + tapsY), box.Width);
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var source = image.Plane(channel)[((box.Top * image.Width) + box.Left)..];
            var target = destination.Plane(channel);
            for (var row = 0; row < side; row++)
            {
                MixRows(source, image.Width, y, row, line);
                MixColumns(line, x, target.Slice(row * side, side));
            }
        }

        ArrayPool<int>.Shared.Return(starts);
        ArrayPool<float>.Shared.Return(floats);
    }

    /// <summary>One line of the result before its columns are mixed.</summary>
    private static unsafe void MixRows(ReadOnlySpan<byte> source, int stride, Taps y, int row, Span<float> line)
    {
        fixed (byte* pixels = source)
        fixed (float* weights = y.Weights, to = line)
        {
            var from = pixels + ((long)y.Starts[row] * stride);
            var (outputs, width) = (y.Starts.Length, line.Length);
            for (var i = 0; i < width; i += Vector256<float>.Count)
            {
                if (width < Vector256<float>.Count)
                {
                    for (; i < width; i++)
                    {
                        float level = 0;
                        for (var tap = 0; tap < y.Count; tap++)
                        {
                            level += weights[(tap * outputs) + row] * from[(tap * stride) + i];
                        }

                        to[i] = level;
                    }

                    return;
                }

                // The last vector overlaps its neighbour instead of leaving a tail.
                i = Math.Min(i, width - Vector256<float>.Count);
                var sum = Vector256<float>.Zero;
                for (var tap = 0; tap < y.Count; tap++)
                {
                    sum += Vector256.Create(weights[(tap * outputs) + row]) * Widen(from + (tap * stride) + i);
                }

                sum.Store(to + i);
            }
        }
    }

    private static unsafe void MixColumns(ReadOnlySpan<float> line, Taps x, Span<float> target)
    {
        fixed (float* from = line, weights = x.Weights, to = target)
        fixed (int* starts = x.Starts)
        {
            var (i, outputs) = (0, target.Length);
            if (Avx2.IsSupported)
            {
                for (; i <= outputs - Vector256<float>.Count; i += Vector256<float>.Count)
                {
                    var index = Vector256.Load(starts + i);
                    var sum = Vector256<float>.Zero;
                    for (var tap = 0; tap < x.Count; tap++)
                    {
                        sum += Vector256.Load(weights + (tap * outputs) + i) * Avx2.GatherVector256(from + tap, index, sizeof(float));
                    }

                    // A cubic overshoots at edges.
                    Vector256.Round(Vector256.Min(Vector256.Max(sum, Vector256<float>.Zero), Vector256.Create(255f))).Store(to + i);
                }
            }

            for (; i < outputs; i++)
            {
                float sum = 0;
                for (var tap = 0; tap < x.Count; tap++)
                {
                    sum += weights[(tap * outputs) + i] * from[starts[i] + tap];
                }

                to[i] = MathF.Round(Math.Clamp(sum, 0f, 255f));
            }
        }
    }

    private static unsafe Vector256<float> Widen(byte* pixels)
    {
        var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)pixels).AsByte());
        return Vector256.ConvertToSingle(Vector256.WidenLower(words.ToVector256Unsafe()).AsInt32());
    }
}
