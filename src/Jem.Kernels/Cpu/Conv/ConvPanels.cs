using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>Packs bands of inputs and gradients the way <see cref="ConvGradWeightPlan"/> describes.</summary>
internal static unsafe class ConvPanels
{
    // The positions of 16 lanes that are gathered before they are interleaved: 16 KiB.
    private const int LinePositions = 256;

    /// <summary>Packs one block of lanes of one band.</summary>
    /// <param name="image">The image's channels of this group, [C][height][width].</param>
    /// <param name="row">The first output row.</param>
    /// <param name="rows">The output rows.</param>
    public static void PackInputs(
        ConvGradWeightPlan plan, float* image, int height, int width, int row, int rows, int block, float* panel)
    {
        var (window, columns) = (plan.Window, plan.PanelWidth);
        var first = block * OuterProducts.Columns;
        var lanes = Math.Min(OuterProducts.Columns, plan.Lanes - first);
        if (columns == width && window is { Taps: 1, StrideHeight: 1, StrideWidth: 1, Top: 0, Left: 0 })
        {
            // A panel is the image as it is.
            nint size = (nint)height * width;
            var source = image + (first * size) + ((nint)row * width);
            Interleave.Write(source, size, lanes, rows * width, panel, OuterProducts.Columns, 8);
            Interleave.Write(source + (8 * size), size, lanes - 8, rows * width, panel + 8, OuterProducts.Columns, 8);
            return;
        }

        var (panelRows, rowsAtOnce) = (plan.PanelRows(rows), Math.Max(1, LinePositions / columns));
        var (stepDown, stepRight) = plan.Expanded ? (window.StrideHeight, window.StrideWidth) : (1, 1);
        nint laneStep = rowsAtOnce * columns;
        using var lines = Scratch.Rent(laneStep * OuterProducts.Columns);
        for (var top = 0; top < panelRows; top += rowsAtOnce)
        {
            var count = Math.Min(rowsAtOnce, panelRows - top);
            for (var lane = 0; lane < lanes; lane++)
            {
                var (channel, down, right) = (first + lane, -window.Top, -window.Left);
                if (plan.Expanded)
                {
                    (channel, var tap) = Math.DivRem(channel, window.Taps);
                    down += tap / window.KernelWidth * window.DilationHeight;
                    right += tap % window.KernelWidth * window.DilationWidth;
                }

                for (var i = 0; i < count; i++)
                {
                    var y = (row * window.StrideHeight) + ((top + i) * stepDown) + down;
                    var line = new Span<float>(lines.Data + (lane * laneStep) + (i * columns), columns);
                    if (y < 0 || y >= height)
                    {
                        line.Clear();
                    }
                    else
                    {
                        CopyRow(image + (((nint)channel * height) + y) * width, width, right, stepRight, line);
                    }
                }
            }

            var target = panel + ((nint)top * columns * OuterProducts.Columns);
            Interleave.Write(lines.Data, laneStep, lanes, count * columns, target, OuterProducts.Columns, 8);
            Interleave.Write(lines.Data + (8 * laneStep), laneStep, lanes - 8, count * columns, target + 8, OuterProducts.Columns, 8);
        }
    }

    /// <summary>Packs one block of output channels of one band of <paramref name="positions"/> outputs.</summary>
    /// <param name="δy">The band's first output in output channel 0 of the group.</param>
    /// <param name="channelStep">From one channel to the next.</param>
    public static void PackGradients(float* δy, nint channelStep, int channels, int positions, int block, float* panel)
    {
        var first = block * OuterProducts.Rows;
        Interleave.Write(
            δy + (first * channelStep), channelStep, channels - first, positions, panel, OuterProducts.Rows, OuterProducts.Rows);
    }

    // line[i] = source[right + i·step], 0 outside the image.
    private static void CopyRow(float* source, int width, int right, int step, Span<float> line)
    {
        var begin = Math.Clamp(right < 0 ? (-right + step - 1) / step : 0, 0, line.Length);
        var end = Math.Clamp(right < width ? ((width - 1 - right) / step) + 1 : 0, begin, line.Length);
        line[..begin].Clear();
        line[end..].Clear();
        if (step == 1)
        {
            new ReadOnlySpan<float>(source + right + begin, end - begin).CopyTo(line[begin..]);
            return;
        }

        for (var i = begin; i < end; i++)
        {
            line[i] = source[right + ((nint)i * step)];
        }
    }
}
