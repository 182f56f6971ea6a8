namespace Jem.Kernels.Cpu.Panels;

/// <summary>16 outputs by 16 channels of a convolution's filters, outputs side by side.</summary>
internal static unsafe class FilterBlock
{
    private const int Lanes = RegisterTiles.Lanes, Half = Lanes / 2;

    /// <summary>The numbers of a block.</summary>
    public static int Size(int taps) => Lanes * taps * Lanes;

    /// <summary>Writes [channel][tap][16 outputs]; nothing where there is no such channel, and 0 where there is no such output.</summary>
    /// <param name="filters">[K][C][tap]; [C][K][tap] where <paramref name="turned"/>, as an input gradient has them.</param>
    /// <param name="from">The images with the channels, as <paramref name="to"/> with the outputs.</param>
    /// <param name="block">Of channels.</param>
    /// <param name="rotated">Whether taps come in reverse order: filters turned by half a turn.</param>
    public static void Read(
        float* filters, Planes from, Planes to, int taps, bool turned, bool rotated, int outputBlock, int block, float* target)
    {
        if (block >= from.Blocks)
        {
            return;
        }

        var (outputs, channels, first) = (to.LanesOf(outputBlock), from.LanesOf(block), (nint)outputBlock * Lanes);
        var (start, step) = rotated ? ((taps - 1) * Lanes, -Lanes) : (0, Lanes);
        for (var lane = 0; lane < Lanes; lane += Half)
        {
            if (!turned && !rotated)
            {
                var row = (nint)from.Channels * taps;
                Interleave.Write(filters + ((first + lane) * row) + (block * Lanes * taps), row, outputs - lane, channels * taps, target + lane, Lanes, Half);
                continue;
            }

            var (outputStep, channelStep) = turned ? ((nint)taps, (nint)to.Channels * taps) : ((nint)from.Channels * taps, taps);
            var source = filters + (block * Lanes * channelStep) + ((first + lane) * outputStep);
            for (var channel = 0; channel < channels; channel++, source += channelStep)
            {
                Interleave.Write(source, outputStep, outputs - lane, taps, target + (channel * taps * Lanes) + start + lane, step, Half);
            }
        }
    }
}
