namespace Jem.Kernels.Cpu.Panels;

/// <summary>The channels of one group among those of an image, 16 of which go through a kernel side by side.</summary>
/// <param name="Channels">Of the group.</param>
/// <param name="All">Of the whole image.</param>
internal readonly record struct Planes(int Channels, int All, int H, int W)
{
    public const int Lanes = RegisterTiles.Lanes;

    public static Planes Of((int C, int H, int W) images, int groups) => new(images.C / groups, images.C, images.H, images.W);

    /// <summary>The tiles that cover an image.</summary>
    public static (int Rows, int Columns) Tiles(Planes planes, int tile) => ((planes.H + tile - 1) / tile, (planes.W + tile - 1) / tile);

    /// <summary>Blocks of 16 channels; the last may have fewer.</summary>
    public int Blocks => (Channels + Lanes - 1) / Lanes;

    /// <summary>Channels with those that fill the last block.</summary>
    public int Padded => Blocks * Lanes;

    /// <summary>Numbers of a channel.</summary>
    public int Size => H * W;

    /// <summary>Where a block of an image begins, from the group's first number.</summary>
    public nint Block(int image, int block) => (((nint)image * All) + (block * Lanes)) * Size;

    /// <summary>Channels of a block.</summary>
    public int LanesOf(int block) => Math.Min(Lanes, Channels - (block * Lanes));
}
