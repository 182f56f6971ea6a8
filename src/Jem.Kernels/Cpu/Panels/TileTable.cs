using System.Runtime.Intrinsics;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>
/// A panel [position][16] of one block of channels, and where the numbers of each tile are in it. What lies outside the image is at one
/// position behind it, so that no tile is a special case.
/// </summary>
internal static unsafe class TileTable
{
    private const int Lanes = RegisterTiles.Lanes;

    /// <summary>Numbers of a panel, with the place of what is outside.</summary>
    public static long PanelSize(Planes planes) => (planes.Size + 1L) * Lanes;

    /// <summary>Writes the places of tiles of some rows and columns of numbers, the first at −top and −left.</summary>
    /// <param name="step">From a tile to the next.</param>
    /// <param name="spread">From a number of a tile to the next.</param>
    public static void Write(
        nint* places, Planes planes, (int Rows, int Columns) tiles, (int Down, int Right) step, (int Rows, int Columns) side, (int Down, int Right) spread,
        int top, int left)
    {
        for (var tile = 0; tile < tiles.Rows * tiles.Columns; tile++)
        {
            var (row, column) = ((tile / tiles.Columns * step.Down) - top, (tile % tiles.Columns * step.Right) - left);
            for (var i = 0; i < side.Rows * side.Columns; i++)
            {
                var (y, x) = (row + (i / side.Columns * spread.Down), column + (i % side.Columns * spread.Right));
                *places++ = (y >= 0 && y < planes.H && x >= 0 && x < planes.W ? (y * planes.W) + x : planes.Size) * Lanes;
            }
        }
    }

    /// <summary>Up to 16 channels → a panel; what is outside, and channels that do not exist, are 0.</summary>
    public static void Pack(float* channels, int size, int lanes, float* panel)
    {
        const int Half = Lanes / 2;
        Interleave.Write(channels, size, Math.Min(Half, lanes), size, panel, Lanes, Half);
        Interleave.Write(channels + ((nint)Half * size), size, Math.Max(0, lanes - Half), size, panel + Half, Lanes, Half);
        new Span<float>(panel + ((nint)size * Lanes), Lanes).Clear();
    }

    /// <summary>One vector of places of an image → a panel: 16 channels, or 32 that share places.</summary>
    /// <param name="image">Its first channel.</param>
    public static void Pack<TFactors>(float* image, Planes planes, int vector, float* panel)
        where TFactors : struct, IFactors
    {
        if (TFactors.PerPlace == 1)
        {
            Pack(image + planes.Block(0, vector), planes.Size, planes.LanesOf(vector), panel);
            return;
        }

        var (size, block) = (PanelSize(planes), vector * TFactors.PerPlace);
        using var second = Scratch.Rent(size);
        Pack(image + planes.Block(0, block), planes.Size, planes.LanesOf(block), panel);
        if (block + 1 < planes.Blocks)
        {
            Pack(image + planes.Block(0, block + 1), planes.Size, planes.LanesOf(block + 1), second.Data);
        }
        else
        {
            new Span<float>(second.Data, checked((int)size)).Clear();
        }

        Join<TFactors>(panel, second.Data, size, panel);
    }

    /// <summary>Numbers and those that share their places; the target may be where the first are.</summary>
    public static void Join<TFactors>(float* first, float* second, long count, float* target)
        where TFactors : struct, IFactors
    {
        for (nint i = 0; i < count; i += Lanes)
        {
            TFactors.Join(Vector512.Load(first + i), Vector512.Load(second + i)).Store(target + i);
        }
    }

    /// <summary>The reverse of <see cref="Pack"/>.</summary>
    public static void Unpack(float* panel, int size, int lanes, float* channels)
    {
        // Eight positions of eight channels: the interleaving of eight lanes, seen from the other side. Sixteen channels at a time may lie in more
        // lines of one set than the first cache has.
        var i = 0;
        for (var first = 0; first < lanes; first += Lanes / 2)
        {
            for (i = 0; i <= size - 8; i += 8)
            {
                Interleave.Write(
                    panel + ((nint)i * Lanes) + first, Lanes, 8, Math.Min(Lanes / 2, lanes - first), channels + ((nint)first * size) + i, size, 8);
            }
        }

        for (; i < size; i++)
        {
            for (var lane = 0; lane < lanes; lane++)
            {
                channels[((nint)lane * size) + i] = panel[((nint)i * Lanes) + lane];
            }
        }
    }
}
