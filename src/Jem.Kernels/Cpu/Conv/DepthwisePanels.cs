using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>Panels of the sources of a <see cref="DepthwisePlan"/>, and filters beside them.</summary>
internal static unsafe class DepthwisePanels
{
    private const int Lanes = RegisterTiles.Lanes;

    /// <summary>Up to 16 channels of an image, with zeros where the plan has them.</summary>
    public static void Pack(DepthwisePlan plan, float* channels, Planes planes, int lanes, float* panel)
    {
        const int Half = Lanes / 2;
        var whole = plan.Width == planes.W;
        var (rows, count) = whole ? (1, planes.Size) : (planes.H, planes.W);
        var right = plan.Width - plan.Left - planes.W;
        for (var row = 0; row < rows; row++, channels += count)
        {
            var begin = panel + ((nint)row * plan.Width * Lanes);
            var inside = begin + (plan.Left * Lanes);
            new Span<float>(begin, plan.Left * Lanes).Clear();
            Interleave.Write(channels, planes.Size, Math.Min(Half, lanes), count, inside, Lanes, Half);
            Interleave.Write(channels + ((nint)Half * planes.Size), planes.Size, Math.Max(0, lanes - Half), count, inside + Half, Lanes, Half);
            new Span<float>(inside + ((nint)count * Lanes), right * Lanes).Clear();
        }

        if (!plan.IsSmall)
        {
            // Behind the last row, where results that are not kept look.
            var size = planes.H * plan.Width * Lanes;
            new Span<float>(panel + size, plan.SourcePanel - size).Clear();
        }
    }

    /// <summary>[C][tap] → [tap][16] of a block.</summary>
    public static void PackFilters(float* filters, int taps, int block, int lanes, float* packed)
    {
        var source = filters + ((nint)block * Lanes * taps);
        for (var tap = 0; tap < taps; tap++)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                *packed++ = lane < lanes ? source[((nint)lane * taps) + tap] : 0;
            }
        }
    }
}
