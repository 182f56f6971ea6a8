using System.Runtime.Intrinsics;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// Bands of output rows as a matrix: row (channel, tap) holds what that tap of that channel sees from each position ("im2col"). For that a band of
/// the image is written with its padding, columns apart by their residue modulo the stride: what a tap sees along a row then lies side by side.
/// </summary>
internal sealed unsafe class TapRows
{
    private const int Lanes = RegisterTiles.Lanes;
    private const int MostPositions = 512, MostNumbers = 96 << 10;

    private readonly SlidingWindow _window;
    private readonly Planes _input, _output;
    private readonly int _bandRows, _inputRows, _width, _rowSize;

    public TapRows(SlidingWindow window, int images, Planes input, Planes output)
    {
        (_window, _input, _output) = (window, input, output);
        Count = input.Channels * window.Taps;
        var positions = Math.Min(MostPositions, MostNumbers / Count);
        _bandRows = Math.Clamp(positions / output.W, 1, output.H);
        BandsImage = (output.H + _bandRows - 1) / _bandRows;
        Bands = images * BandsImage;
        _inputRows = ((_bandRows - 1) * window.StrideHeight) + window.Height;
        _width = ((output.W + Lanes - 1) / Lanes * Lanes) + ((window.Width - 1) / window.StrideWidth);
        _rowSize = _width * window.StrideWidth;

        // An odd number of cache lines, so that rows do not share sets of a cache; copies of 16 may pass a row's end.
        Step = ((((_bandRows * output.W) + PositionProducts.Positions - 1) / PositionProducts.Positions * 2) + 1) * Lanes;
    }

    /// <summary>Channels × taps.</summary>
    public int Count { get; }

    /// <summary>Numbers from a row of the matrix to the next.</summary>
    public int Step { get; }

    public int Bands { get; }

    public int BandsImage { get; }

    /// <summary>Numbers of the scratch memory of <see cref="Write"/>.</summary>
    public long ScratchSize => (long)_input.Channels * _inputRows * _rowSize;

    /// <summary>The image of a band, its first position and its positions.</summary>
    public (int Image, int First, int Positions) Band(int band)
    {
        var first = band % BandsImage * _bandRows;
        return (band / BandsImage, first * _output.W, Math.Min(_bandRows, _output.H - first) * _output.W);
    }

    /// <summary>Writes the matrix of a band; behind its positions are zeros up to a multiple of 32.</summary>
    /// <param name="x">The group's first channel in the first image.</param>
    public void Write(int band, float* x, float* scratch, float* matrix)
    {
        var (image, first, positions) = Band(band);
        var (row, rows) = (first / _output.W, positions / _output.W);
        var inputRows = ((rows - 1) * _window.StrideHeight) + _window.Height;
        var top = (row * _window.StrideHeight) - _window.Top;
        for (var channel = 0; channel < _input.Channels; channel++)
        {
            var plane = x + _input.Block(image, 0) + ((nint)channel * _input.Size);
            for (var y = 0; y < inputRows; y++)
            {
                Spread(plane, top + y, scratch + (((channel * _inputRows) + y) * (nint)_rowSize));
            }
        }

        var end = (positions + PositionProducts.Positions - 1) / PositionProducts.Positions * PositionProducts.Positions;
        for (var i = 0; i < Count; i++, matrix += Step)
        {
            var (channel, tap) = Math.DivRem(i, _window.Taps);
            var (down, right) = (tap / _window.KernelWidth * _window.DilationHeight, tap % _window.KernelWidth * _window.DilationWidth);
            var source = scratch + (((channel * _inputRows) + down) * (nint)_rowSize)
                + ((right % _window.StrideWidth * _width) + (right / _window.StrideWidth));
            var target = matrix;
            for (var y = 0; y < rows; y++, source += (nint)_window.StrideHeight * _rowSize, target += _output.W)
            {
                for (var column = 0; column < _output.W; column += Lanes)
                {
                    Vector512.Load(source + column).Store(target + column);
                }
            }

            new Span<float>(matrix + positions, end - positions).Clear();
        }
    }

    // A row of the image → [residue][column / stride], with the padding.
    private void Spread(float* plane, int y, float* target)
    {
        if (y < 0 || y >= _input.H)
        {
            new Span<float>(target, _rowSize).Clear();
            return;
        }

        var stride = _window.StrideWidth;
        var source = plane + ((nint)y * _input.W);
        for (var residue = 0; residue < stride; residue++, target += _width)
        {
            // Column c of the residue is column c·stride + residue − left of the image.
            var right = residue - _window.Left;
            var begin = Math.Clamp(right < 0 ? (-right + stride - 1) / stride : 0, 0, _width);
            var end = Math.Clamp(right < _input.W ? ((_input.W - 1 - right) / stride) + 1 : 0, begin, _width);
            new Span<float>(target, begin).Clear();
            new Span<float>(target + end, _width - end).Clear();
            Strided.Copy(source + right + ((nint)begin * stride), stride, target + begin, end - begin);
        }
    }
}
