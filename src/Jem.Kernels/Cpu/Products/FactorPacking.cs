using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Products;

/// <summary>
/// Brings factors of a matrix product into the order in which <see cref="RegisterTiles"/> reads them. A length K has <see cref="Places"/>; where a place has
/// two numbers, they are 16 apart.
/// </summary>
internal static unsafe class FactorPacking<TFactors>
    where TFactors : struct, IFactors
{
    private const int TileRows = RegisterTiles.Rows, Lanes = RegisterTiles.Lanes;
    private const int PlacesAhead = 8; // whose numbers are asked for while others are packed: they may lie pages apart

    /// <summary>Of so many numbers, in whole blocks of 16.</summary>
    public static int Places(int numbers) => (numbers + (Lanes * TFactors.PerPlace) - 1) / (Lanes * TFactors.PerPlace) * Lanes;

    /// <summary>Some places of a right factor [K,N], or [N,K] where it is turned, → [N / 16][place][16]; what does not exist is 0.</summary>
    /// <param name="length">Places from a block of 16 columns to the next.</param>
    public static void Columns(
        float* b, nint bStep, int k, int n, bool turned, int first, int end, int firstBlock, int endBlock, float* panels, int length)
    {
        if (!turned)
        {
            Side(b, bStep, k, firstBlock * Lanes, endBlock * Lanes, n, first, end, panels + ((nint)firstBlock * length * Lanes), length);
            return;
        }

        // Block by block of 16 columns, as its numbers lie.
        const int Half = Lanes / 2;
        var (number, count) = (NumberAt(first), (end - first) * TFactors.PerPlace);
        var exist = Math.Min(count, k - number);
        using var numbers = Scratch.Rent(TFactors.PerPlace > 1 ? count * Lanes : 1);
        for (var block = firstBlock; block < endBlock; block++)
        {
            var lanes = Math.Clamp(n - (block * Lanes), 0, Lanes);
            var from = b + (block * Lanes * bStep) + number;
            var target = panels + ((((nint)block * length) + first) * Lanes);
            var apart = TFactors.PerPlace > 1 ? numbers.Data : target;
            Interleave.Write(from, bStep, Math.Min(lanes, Half), exist, apart, Lanes, Half);
            Interleave.Write(from + (Half * bStep), bStep, Math.Max(0, lanes - Half), exist, apart + Half, Lanes, Half);
            new Span<float>(apart + ((nint)exist * Lanes), (count - exist) * Lanes).Clear();
            for (var place = 0; TFactors.PerPlace > 1 && place < end - first; place++)
            {
                var pair = apart + (NumberAt(place) * Lanes);
                TFactors.Join(Vector512.Load(pair), Vector512.Load(pair + (Lanes * Lanes))).Store(target + (place * Lanes));
            }
        }
    }

    /// <summary>
    /// Some places of some rows of a left factor [M,K] → [row / 8][place / 16][8][16]; of one that is turned, [K,M], → [row / 16][place][16].
    /// </summary>
    /// <param name="panel">Places from 16 rows of a turned factor to the next.</param>
    public static void Rows(float* a, nint aStep, int k, bool turned, int firstRow, int rows, int first, int length, float* target, nint panel)
    {
        if (turned)
        {
            Side(a, aStep, k, firstRow, firstRow + rows, firstRow + rows, first, first + length, target - ((nint)first * Lanes), panel);
            return;
        }

        var number = NumberAt(first);
        for (var row = 0; row < rows; row += TileRows, target += (nint)length * TileRows)
        {
            for (var r = 0; r < TileRows; r++)
            {
                float* from = a + ((firstRow + row + r) * aStep) + number, to = target + (r * Lanes);
                var left = row + r < rows ? k - number : 0;
                for (var at = 0; at < length; at += Lanes, from += Lanes * TFactors.PerPlace, to += TileRows * Lanes, left -= Lanes * TFactors.PerPlace)
                {
                    var other = TFactors.PerPlace > 1 ? Some(from + Lanes, Math.Min(left - Lanes, Lanes)) : default;
                    TFactors.Join(Some(from, Math.Min(left, Lanes)), other).Store(to);
                }
            }
        }
    }

    /// <summary>The sums of rows that are packed as a turned factor's are, or as columns.</summary>
    /// <param name="panel">Places from 16 rows to the next.</param>
    public static void Sum(float* packed, int rows, int length, nint panel, bool add, float* sums)
    {
        for (var row = 0; row < rows; row += Lanes, packed += (panel - length) * Lanes)
        {
            var (even, odd) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (var end = packed + ((nint)length * Lanes); packed < end; packed += 2 * Lanes)
            {
                even += TFactors.Sum(Vector512.Load(packed));
                odd += TFactors.Sum(Vector512.Load(packed + Lanes));
            }

            var total = even + odd;
            for (var lane = 0; lane < Math.Min(Lanes, rows - row); lane++)
            {
                sums[row + lane] = (add ? sums[row + lane] : 0) + total[lane];
            }
        }
    }

    // The first number of a place in K; the second is 16 further.
    private static int NumberAt(int place) => (place / Lanes * Lanes * TFactors.PerPlace) + (place % Lanes);

    // [place][16] for each 16 of the numbers that rows have side by side: a row is read once, for all of them.
    private static void Side(float* source, nint step, int k, int firstLane, int endLane, int allLanes, int first, int end, float* panels, nint panel)
    {
        var whole = Math.Min(endLane, allLanes & -Lanes);
        for (var place = first; place < end; place++)
        {
            var number = NumberAt(place);
            float* row = source + (number * step), other = row + (Lanes * step), to = panels + (place * Lanes);
            var (exists, pairs, lane) = (number < k, TFactors.PerPlace > 1 && number + Lanes < k, firstLane);
            for (; lane < whole && (pairs || (exists && TFactors.PerPlace == 1)); lane += Lanes, to += panel * Lanes)
            {
                if (Sse.IsSupported && TFactors.PerPlace == 1)
                {
                    Sse.Prefetch0(row + lane + (PlacesAhead * step));
                }

                TFactors.Join(Vector512.Load(row + lane), Vector512.Load((TFactors.PerPlace > 1 ? other : row) + lane)).Store(to);
            }

            for (; lane < endLane; lane += Lanes, to += panel * Lanes)
            {
                var count = lane < whole ? Lanes : Math.Clamp(allLanes - lane, 0, Lanes);
                TFactors.Join(Some(row + lane, exists ? count : 0), Some(other + lane, pairs ? count : 0)).Store(to);
            }
        }
    }

    // The first numbers of 16; the others are 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Some(float* numbers, int count) => count == Lanes ? Vector512.Load(numbers) : count <= 0 ? default : Few(numbers, count);

    private static Vector512<float> Few(float* numbers, int count)
    {
        var vector = Vector512<float>.Zero;
        new Span<float>(numbers, count).CopyTo(new Span<float>(&vector, Lanes));
        return vector;
    }
}
