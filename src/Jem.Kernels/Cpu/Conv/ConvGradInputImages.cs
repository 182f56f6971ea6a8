using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// The input gradient of a few images in one group, a task of <see cref="ConvGradInput"/>. Gradients are packed as
/// [tile of output positions][channel][position]; sums as [padded row][column][16 channels], so that an output position's
/// sums are one vector wherever a tap puts them.
/// </summary>
internal sealed unsafe class ConvGradInputImages(
    SlidingWindow window, (int C, int H, int W) input, (int C, int H, int W) output, int channels, int outChannels)
{
    private const int SecondLevel = 64 << 10; // numbers
    private const int LinePositions = 256;

    private readonly int _outputs = output.H * output.W;
    private readonly int _panelRows = ((output.H - 1) * window.StrideHeight) + window.Height;
    private readonly int _panelWidth = ((output.W - 1) * window.StrideWidth) + window.Width;

    /// <summary>The images whose packed gradients fit in the second cache.</summary>
    public int ImagesAtOnce => (int)Math.Max(1, SecondLevel / Math.Max(1, (long)_outputs * outChannels));

    private nint PanelSize => (nint)_panelRows * _panelWidth * OuterProducts.Columns;

    /// <param name="δy">The group's first output channel in the first image.</param>
    /// <param name="filters">The group's filters, [block][tap][output channel][16 channels].</param>
    /// <param name="δx">The group's first channel in the first image.</param>
    public void Compute(int images, float* δy, float* filters, float* δx)
    {
        var (tileSize, tiles) = ((nint)outChannels * OuterProducts.Rows, ((images * _outputs) + OuterProducts.Rows - 1) / OuterProducts.Rows);
        using var packed = Scratch.Rent(tiles * tileSize);
        using var sums = Scratch.Rent(images * PanelSize);
        using var places = Scratch.Rent((((long)tiles * OuterProducts.Rows) + window.Taps) * sizeof(nint) / sizeof(float));
        var panelRows = (nint*)places.Data;
        var shifts = panelRows + (tiles * OuterProducts.Rows);
        for (var tap = 0; tap < window.Taps; tap++)
        {
            var (down, right) = (tap / window.KernelWidth * window.DilationHeight, tap % window.KernelWidth * window.DilationWidth);
            shifts[tap] = (((nint)down * _panelWidth) + right) * OuterProducts.Columns;
        }

        for (var tile = 0; tile < tiles; tile++)
        {
            PackTile(tile, images, δy, packed.Data + (tile * tileSize), panelRows + (tile * OuterProducts.Rows));
        }

        nint start = 0; // each product is one run from the beginning of its operands
        for (var block = 0; block * OuterProducts.Columns < channels; block++)
        {
            new Span<float>(sums.Data, checked((int)(images * PanelSize))).Clear();
            var filter = filters + ((nint)block * window.Taps * outChannels * OuterProducts.Columns);
            for (var tile = 0; tile < tiles; tile++)
            {
                for (var tap = 0; tap < window.Taps; tap++)
                {
                    OuterProducts.Add(
                        packed.Data + (tile * tileSize), filter + ((nint)tap * outChannels * OuterProducts.Columns), &start, &start, 1,
                        outChannels, OuterProducts.Columns, sums.Data + shifts[tap], panelRows + (tile * OuterProducts.Rows));
                }
            }

            for (var image = 0; image < images; image++)
            {
                Unpack(block, sums.Data + (image * PanelSize), δx + ((nint)image * input.C * input.H * input.W));
            }
        }
    }

    // One tile of output positions, counted through the images, and where each begins in the panels.
    private void PackTile(int tile, int images, float* δy, float* packed, nint* panelRows)
    {
        var sources = stackalloc nint[OuterProducts.Rows];
        var valid = Math.Min(OuterProducts.Rows, (images * _outputs) - (tile * OuterProducts.Rows));
        for (var i = 0; i < valid; i++)
        {
            var (image, at) = Math.DivRem((tile * OuterProducts.Rows) + i, _outputs);
            var (y, x) = Math.DivRem(at, output.W);
            sources[i] = ((nint)image * output.C * _outputs) + at;
            panelRows[i] = (image * PanelSize) + ((((nint)y * window.StrideHeight * _panelWidth) + (x * window.StrideWidth)) * OuterProducts.Columns);
        }

        for (var i = valid; i < OuterProducts.Rows; i++)
        {
            panelRows[i] = panelRows[0]; // gains products of zeros
        }

        var adjacent = valid == OuterProducts.Rows && sources[valid - 1] - sources[0] == valid - 1;
        for (var o = 0; o < outChannels; o++, packed += OuterProducts.Rows, δy += _outputs)
        {
            if (adjacent)
            {
                Interleave.Copy(δy + sources[0], packed, OuterProducts.Rows);
                continue;
            }

            for (var i = 0; i < OuterProducts.Rows; i++)
            {
                packed[i] = i < valid ? δy[sources[i]] : 0;
            }
        }
    }

    // Takes one block of channels out of its padded panel.
    private void Unpack(int block, float* panel, float* δx)
    {
        var (first, rowsAtOnce) = (block * OuterProducts.Columns, Math.Max(1, LinePositions / _panelWidth));
        var lanes = Math.Min(OuterProducts.Columns, channels - first);
        var width = Math.Min(input.W, Math.Max(0, _panelWidth - window.Left));
        nint laneStep = ((rowsAtOnce * _panelWidth) + 7) / 8 * 8;
        using var lines = Scratch.Rent(laneStep * OuterProducts.Columns);
        for (var top = 0; top < input.H; top += rowsAtOnce)
        {
            var rows = Math.Min(rowsAtOnce, input.H - top);
            var covered = Math.Clamp(_panelRows - window.Top - top, 0, rows);
            var count = covered * _panelWidth;
            var source = panel + ((nint)(top + window.Top) * _panelWidth * OuterProducts.Columns);
            for (var i = 0; i < count; i += 8)
            {
                // Eight positions of sixteen channels: the interleaving of eight lanes, seen from the other side.
                Interleave.Write(source + ((nint)i * 16), OuterProducts.Columns, count - i, OuterProducts.Columns, lines.Data + i, laneStep, 8);
            }

            for (var lane = 0; lane < lanes; lane++)
            {
                for (var row = 0; row < rows; row++)
                {
                    var target = new Span<float>(δx + ((((nint)(first + lane) * input.H) + top + row) * input.W), input.W);
                    var line = lines.Data + (lane * laneStep) + (row * _panelWidth) + window.Left;
                    var copied = row < covered ? width : 0;
                    new ReadOnlySpan<float>(line, copied).CopyTo(target);
                    target[copied..].Clear();
                }
            }
        }
    }
}
