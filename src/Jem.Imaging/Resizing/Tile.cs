using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Jem.Imaging.Resizing;

/// <summary>Eight rows of eight floats, one after the other.</summary>
internal static class Tile
{
    public const int Side = 8, Length = Side * Side;

    /// <summary>Writes the columns of a tile as rows. The tiles do not overlap.</summary>
    public static unsafe void Transpose(float* source, float* destination)
    {
        if (!Avx.IsSupported)
        {
            for (var i = 0; i < Length; i++)
            {
                destination[i] = source[(i % Side * Side) + (i / Side)];
            }

            return;
        }

        // Rows k and k + 4 share a vector, so that transposing 4×4 within its halves is all.
        for (var half = 0; half < Side; half += Side / 2)
        {
            var (a, b, c, d) = (Pair(source + half, 0), Pair(source + half, 1), Pair(source + half, 2), Pair(source + half, 3));
            var (lowAb, highAb) = (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b));
            var (lowCd, highCd) = (Avx.UnpackLow(c, d), Avx.UnpackHigh(c, d));
            var to = destination + (half * Side);
            Avx.Shuffle(lowAb, lowCd, 0b01_00_01_00).Store(to);
            Avx.Shuffle(lowAb, lowCd, 0b11_10_11_10).Store(to + Side);
            Avx.Shuffle(highAb, highCd, 0b01_00_01_00).Store(to + (2 * Side));
            Avx.Shuffle(highAb, highCd, 0b11_10_11_10).Store(to + (3 * Side));
        }
    }

    private static unsafe Vector256<float> Pair(float* half, int row) =>
        Vector256.Create(Vector128.Load(half + (row * Side)), Vector128.Load(half + ((row + 4) * Side)));
}
