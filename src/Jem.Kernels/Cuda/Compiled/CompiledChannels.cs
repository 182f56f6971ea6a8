using System.Runtime.InteropServices;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>The struct <c>Channels</c> of norms.cu.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct CompiledChannels(long Rows, int Channels, int Inner)
{
    // Threads of a row, rows of a block; blocks that fill a large GPU; numbers that a thread adds at least. They are the same for every GPU, and so
    // are the bytes.
    private const int Lanes = 32, Deep = CompiledKernels.Threads / Lanes, Fill = 1056, Least = 4;

    public static CompiledChannels Of(Tensor x, bool channelsLast)
    {
        var channels = Cpu.Channels.Of(x);
        return new(channels.Count, channels.C, channelsLast ? 1 : channels.Inner);
    }

    /// <summary>Blocks of 32 channels, and of rows.</summary>
    public (uint X, uint Y, uint Z) Grid
    {
        get
        {
            var tiles = (Channels + Lanes - 1) / Lanes;
            return ((uint)tiles, (uint)Math.Clamp(Fill / tiles, 1, Math.Max(1, Rows / (Deep * Least))), 1);
        }
    }

    /// <summary>Two sums of each channel and each block of rows.</summary>
    public nuint PartialBytes => (nuint)(2 * Grid.Y * Channels) * sizeof(float);
}
