using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>A convolution of few channels as a product of filters [K / 8][C·taps][8] and <see cref="TapRows"/>. A band is a task.</summary>
internal sealed unsafe class FewChannelsConv(SlidingWindow window, int images, Planes from, Planes to)
{
    private const int Rows = PositionProducts.Rows, Positions = PositionProducts.Positions;

    private readonly TapRows _rows = new(window, images, from, to);
    private readonly int _blocks = (to.Channels + Rows - 1) / Rows;

    /// <param name="x">The group's first channel in the first image, as <paramref name="y"/>.</param>
    /// <param name="filters">[K][C][tap].</param>
    public void Run(float* x, float* filters, float* y, ParallelFor parallel)
    {
        using var scratch = Scratch.Rent((long)_blocks * Rows * _rows.Count);
        var packed = scratch.Data;
        parallel(_blocks, block => PackFilters(filters, block, packed + ((nint)block * Rows * _rows.Count)));
        parallel(_rows.Bands, band => Compute(band, x, packed, y));
    }

    private void PackFilters(float* filters, int block, float* packed)
    {
        for (var i = 0; i < _rows.Count; i++)
        {
            for (var row = 0; row < Rows; row++)
            {
                var output = (block * Rows) + row;
                *packed++ = output < to.Channels ? filters[((nint)output * _rows.Count) + i] : 0;
            }
        }
    }

    private void Compute(int band, float* x, float* filters, float* y)
    {
        using var scratch = Scratch.Rent(_rows.ScratchSize);
        using var matrix = Scratch.Rent((long)_rows.Count * _rows.Step);
        _rows.Write(band, x, scratch.Data, matrix.Data);
        var (image, first, positions) = _rows.Band(band);
        var edge = stackalloc float[Rows * Positions];
        for (var at = 0; at < positions; at += Positions)
        {
            for (var block = 0; block < _blocks; block++)
            {
                var (rows, count) = (Math.Min(Rows, to.Channels - (block * Rows)), Math.Min(Positions, positions - at));
                var target = y + to.Block(image, 0) + ((nint)block * Rows * to.Size) + first + at;
                var filter = filters + ((nint)block * Rows * _rows.Count);
                if (rows == Rows && count == Positions)
                {
                    PositionProducts.Multiply(filter, matrix.Data + at, _rows.Step, _rows.Count, target, to.Size);
                    continue;
                }

                PositionProducts.Multiply(filter, matrix.Data + at, _rows.Step, _rows.Count, edge, Positions);
                for (var row = 0; row < rows; row++)
                {
                    new ReadOnlySpan<float>(edge + (row * Positions), count).CopyTo(new Span<float>(target + ((nint)row * to.Size), count));
                }
            }
        }
    }
}
