using System.Buffers;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Jem.Imaging.Resizing;

/// <summary>Cuts a rectangle out of each plane of an image and resizes it, rounding to whole levels.</summary>
/// <remarks>
/// Rows are mixed first, columns then, eight rows of the result at a time: the lines between the two are kept
/// column by column, [width, 8], so that a column is mixed by plain vectors instead of gathered numbers.
/// </remarks>
internal static class Resampler
{
    private const int Lanes = Tile.Side, Strip = 4 * Lanes;

    /// <param name="destination">Receives planes of as many columns and rows as the axes count.</param>
    public static void Resample(PlanarImage image, ResizeAxis columns, ResizeAxis rows, ResizeFilter filter, FloatPlanes destination)
    {
        var (width, height) = (columns.Count, rows.Count);
        var (tapsX, tapsY) = (Taps.CountFor(columns, filter), Taps.CountFor(rows, filter));
        var starts = ArrayPool<int>.Shared.Rent(width + height);
        var floats = ArrayPool<float>.Shared.Rent((width * tapsX) + (height * tapsY) + Math.Max(Tile.Length, columns.Length * Lanes));
        var x = new Taps(starts.AsSpan(0, width), floats.AsSpan(0, width * tapsX), columns, filter);
        var y = new Taps(starts.AsSpan(width, height), floats.AsSpan(width * tapsX, height * tapsY), rows, filter);
        var lines = floats.AsSpan((width * tapsX) + (height * tapsY));
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var source = image.Plane(channel)[(((rows.Start + y.First) * image.Width) + columns.Start + x.First)..];
            for (var row = 0; row < height; row += Lanes)
            {
                MixRows(source, image.Width, y, row, lines, x.Length);
                MixColumns(lines, x, destination.Plane(channel)[(row * width)..]);
            }
        }

        ArrayPool<int>.Shared.Return(starts);
        ArrayPool<float>.Shared.Return(floats);
    }

    /// <summary>Eight lines of the result before their columns are mixed, [width, 8]. Beyond the last line it is repeated.</summary>
    /// <param name="lines">Room for whole tiles.</param>
    private static unsafe void MixRows(ReadOnlySpan<byte> source, int stride, Taps y, int row, Span<float> lines, int width)
    {
        var tile = stackalloc float[Tile.Length];
        fixed (byte* pixels = source)
        fixed (float* weights = y.Weights, to = lines)
        fixed (int* starts = y.Starts)
        {
            var (outputs, taps) = (y.Starts.Length, y.Count);
            for (var i = MixStrips(pixels, stride, starts, weights, y, row, to, width); i < width; i += Lanes)
            {
                // The last tile overlaps its neighbour instead of leaving a tail.
                i = Math.Max(0, Math.Min(i, width - Lanes));
                for (var lane = 0; lane < Lanes; lane++)
                {
                    var line = Math.Min(row + lane, outputs - 1);
                    var (sum, from, weight) = (Vector256<float>.Zero, i + ((nint)starts[line] * stride), line);
                    for (var tap = 0; tap < taps; tap++, from += stride, weight += outputs)
                    {
                        sum += Vector256.Create(weights[weight]) * (width < Lanes ? Widen(pixels + from, width) : Widen(pixels + from));
                    }

                    sum.Store(tile + (lane * Lanes));
                }

                Tile.Transpose(tile, to + (i * Lanes));
            }
        }
    }

    /// <summary>As many columns as make whole strips: four sums at a time keep the processor busy, and half a line of its cache is read at once.</summary>
    /// <returns>The number of columns.</returns>
    private static unsafe int MixStrips(byte* pixels, int stride, int* starts, float* weights, Taps y, int row, float* lines, int width)
    {
        if (width < Strip)
        {
            return 0;
        }

        var tiles = stackalloc float[Strip * Lanes];
        var (outputs, taps, i) = (y.Starts.Length, y.Count, 0);
        for (; i <= width - Strip; i += Strip)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                var line = Math.Min(row + lane, outputs - 1);
                var (from, weight) = (i + ((nint)starts[line] * stride), line);
                var to = tiles + (lane * Lanes);
                Vector256<float> a = default, b = default, c = default, d = default;
                for (var tap = 0; tap < taps; tap++, from += stride, weight += outputs)
                {
                    var share = Vector256.Create(weights[weight]);
                    a += share * Widen(pixels + from);
                    b += share * Widen(pixels + from + Lanes);
                    c += share * Widen(pixels + from + (2 * Lanes));
                    d += share * Widen(pixels + from + (3 * Lanes));
                }

                a.Store(to);
                b.Store(to + Tile.Length);
                c.Store(to + (2 * Tile.Length));
                d.Store(to + (3 * Tile.Length));
            }

            for (var column = 0; column < Strip; column += Lanes)
            {
                Tile.Transpose(tiles + (column * Lanes), lines + ((i + column) * Lanes));
            }
        }

        return i;
    }

    /// <summary>Eight rows of the result, or as many as there is room for.</summary>
    private static unsafe void MixColumns(ReadOnlySpan<float> lines, Taps x, Span<float> target)
    {
        var tile = stackalloc float[Tile.Length];
        var turned = stackalloc float[Tile.Length];
        fixed (float* from = lines, weights = x.Weights, to = target)
        fixed (int* starts = x.Starts)
        {
            var (outputs, taps) = (x.Starts.Length, x.Count);
            var (rows, white) = (Math.Min(Lanes, target.Length / outputs), Vector256.Create(255f));
            for (var i = 0; i < outputs; i += Lanes)
            {
                var columns = Math.Min(Lanes, outputs - i);
                for (var column = 0; column < columns; column++)
                {
                    var (sum, line, weight) = (Vector256<float>.Zero, starts[i + column] * Lanes, i + column);
                    for (var tap = 0; tap < taps; tap++, line += Lanes, weight += outputs)
                    {
                        sum += Vector256.Create(weights[weight]) * Vector256.Load(from + line);
                    }

                    // A cubic overshoots at edges.
                    Vector256.Round(Vector256.Min(Vector256.Max(sum, Vector256<float>.Zero), white)).Store(tile + (column * Lanes));
                }

                Tile.Transpose(tile, turned);
                for (var row = 0; row < rows; row++)
                {
                    Copy(turned + (row * Lanes), to + (row * outputs) + i, columns);
                }
            }
        }
    }

    private static unsafe void Copy(float* from, float* to, int count)
    {
        if (count == Lanes)
        {
            Vector256.Load(from).Store(to);
            return;
        }

        for (var i = 0; i < count; i++)
        {
            to[i] = from[i];
        }
    }

    private static unsafe Vector256<float> Widen(byte* pixels)
    {
        if (Avx2.IsSupported)
        {
            return Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(pixels));
        }

        var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)pixels).AsByte());
        return Vector256.ConvertToSingle(Vector256.WidenLower(words.ToVector256Unsafe()).AsInt32());
    }

    /// <summary>Fewer than eight pixels: there may be none to read behind them.</summary>
    private static unsafe Vector256<float> Widen(byte* pixels, int count)
    {
        ulong some = 0;
        new ReadOnlySpan<byte>(pixels, count).CopyTo(new Span<byte>(&some, sizeof(ulong)));
        return Widen((byte*)&some);
    }
}
