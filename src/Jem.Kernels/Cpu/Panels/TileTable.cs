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
