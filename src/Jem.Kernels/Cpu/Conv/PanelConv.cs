using System.Runtime.Intrinsics;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// Any convolution of one group, or its input gradient, with sums that stay in registers over many channels. For some output positions at a time the
/// vectors of 16 channels that their taps see stand side by side, [position / 8][tap][C / 16][8][16], beside filters [K / 16][tap][C][16]: two
/// operands of <see cref="RegisterTiles"/> in a core's caches. The input gradient of a convolution with strides is one such convolution for each
/// residue of its rows and columns, with the taps that reach them. No sum depends on how the work is cut. Where a place has two numbers, a vector has 32
/// channels, and channels that are 16 apart share a place.
/// </summary>
internal sealed unsafe class PanelConv<TFactors>
    where TFactors : struct, IFactors
{
    private const int Rows = RegisterTiles.Rows, Lanes = RegisterTiles.Lanes;
    private const int StepsAtOnce = 64; // vectors in a product, whose filters stay in the second cache
    private const int PanelNumbers = 96 << 10;

    private const int ManyTasks = 16, ManyPositions = 64;

    private readonly int _images, _taps, _imagesPart, _vectors; // of an input position
    private readonly Planes _from, _to;
    private readonly IReadOnlyList<PanelPhase> _phases;
    private readonly int[] _order; // the taps as the phases have them; a small image may not see all

    public PanelConv(int images, Planes from, Planes to, int taps, IReadOnlyList<PanelPhase> phases)
    {
        (_images, _from, _to, _taps, _phases) = (images, from, to, taps, phases);
        _vectors = (from.Blocks + TFactors.PerPlace - 1) / TFactors.PerPlace;
        _order = [.. phases.SelectMany(phase => phase.Taps)];
        _imagesPart = Math.Clamp(ManyPositions / to.Size, 1, (images + ManyTasks - 1) / ManyTasks);
    }

    /// <param name="x">The group's first channel in the first image, as <paramref name="y"/>.</param>
    /// <param name="filters">[K][C][tap], or [C][K][tap] of a gradient.</param>
    /// <param name="gradient">Whether it is an input gradient.</param>
    public void Run(float* x, float* filters, float* y, bool gradient, ParallelFor parallel)
    {
        using var scratch = Scratch.Rent((long)_to.Padded * _order.Length * _vectors * Lanes);
        var packed = scratch.Data;
        parallel(_to.Blocks * _vectors, i => PackFilters(filters, gradient, i / _vectors, i % _vectors, packed));
        parallel((_images + _imagesPart - 1) / _imagesPart, part =>
        {
            var first = part * _imagesPart;
            Compute(Math.Min(_imagesPart, _images - first), x + _from.Block(first, 0), packed, y + _to.Block(first, 0));
        });
    }

    // One block of outputs by the channels of a vector: [K / 16][tap, in the order of the phases][place of C][16]
    private void PackFilters(float* filters, bool gradient, int block, int vector, float* packed)
    {
        var size = FilterBlock.Size(_taps);
        using var scratch = Scratch.Rent(size * TFactors.PerPlace);
        var blocks = scratch.Data;
        new Span<float>(blocks, size * TFactors.PerPlace).Clear();
        for (var number = 0; number < TFactors.PerPlace; number++)
        {
            FilterBlock.Read(
                filters, _from, _to, _taps, gradient, rotated: false, block, (vector * TFactors.PerPlace) + number, blocks + (number * size));
        }

        var second = size * (TFactors.PerPlace - 1);
        for (var place = 0; place < _order.Length; place++)
        {
            var target = packed + ((((((nint)block * _order.Length) + place) * _vectors) + vector) * Lanes * Lanes);
            var source = blocks + (_order[place] * Lanes);
            for (var channel = 0; channel < Lanes; channel++, source += _taps * Lanes, target += Lanes)
            {
                TFactors.Join(Vector512.Load(source), Vector512.Load(source + second)).Store(target);
            }
        }
    }

    // Panels are [image][vector of C][position][16], with a place for what is outside behind each, and [image][K / 16][position][16].
    private void Compute(int images, float* x, float* filters, float* y)
    {
        var (sourceSize, resultSize) = ((nint)TileTable.PanelSize(_from), (nint)_to.Size * Lanes);
        using var source = Scratch.Rent(sourceSize * _vectors * images);
        using var result = Scratch.Rent(resultSize * _to.Blocks * images);
        for (var i = 0; i < images * _vectors; i++)
        {
            var (image, vector) = Math.DivRem(i, _vectors);
            TileTable.Pack<TFactors>(x + _from.Block(image, 0), _from, vector, source.Data + (i * sourceSize));
        }

        if (_phases.Any(phase => phase.Taps.Length == 0))
        {
            new Span<float>(result.Data, checked((int)(resultSize * _to.Blocks * images))).Clear();
        }

        var first = 0;
        foreach (var phase in _phases)
        {
            Compute(phase, images, first, source.Data, filters, result.Data);
            first += phase.Taps.Length;
        }

        for (var i = 0; i < images * _to.Blocks; i++)
        {
            var (image, block) = Math.DivRem(i, _to.Blocks);
            TileTable.Unpack(result.Data + (i * resultSize), _to.Size, _to.LanesOf(block), y + _to.Block(image, block));
        }
    }

    private void Compute(PanelPhase phase, int images, int firstTap, float* source, float* filters, float* result)
    {
        var steps = phase.Taps.Length * _vectors;
        if (steps == 0)
        {
            return;
        }

        var atOnce = Math.Clamp(PanelNumbers / (steps * Lanes) / Rows * Rows, 2 * Rows, 256);
        using var gathered = Scratch.Rent((long)atOnce * steps * Lanes);
        using var sums = Scratch.Rent(((long)atOnce + Rows) * Lanes * 2);
        var all = images * phase.Positions.Length;
        for (var begin = 0; begin < all; begin += atOnce)
        {
            var count = Math.Min(atOnce, all - begin);
            Gather(phase, begin, count, source, gathered.Data);
            for (var block = 0; block < _to.Blocks; block += 2)
            {
                var packed = filters + ((((nint)block * _order.Length) + firstTap) * _vectors * Lanes * Lanes);
                Multiply(gathered.Data, count, steps, packed, block + 1 < _to.Blocks, sums.Data);
                for (var i = 0; i < count; i++)
                {
                    var (tile, row) = Math.DivRem(i, Rows);
                    var at = sums.Data + (((nint)tile * 2 * Rows) + row) * Lanes;
                    var (image, position) = Math.DivRem(begin + i, phase.Positions.Length);
                    var target = result + ((((((nint)image * _to.Blocks) + block) * _to.Size) + phase.Positions[position]) * Lanes);
                    Vector512.Load(at).Store(target);
                    if (block + 1 < _to.Blocks)
                    {
                        Vector512.Load(at + (Rows * Lanes)).Store(target + ((nint)_to.Size * Lanes));
                    }
                }
            }
        }
    }

    // [position / 8][tap][vector][8][16]
    private void Gather(PanelPhase phase, int begin, int count, float* source, float* target)
    {
        var (vectors, panel) = (_vectors, (nint)TileTable.PanelSize(_from));
        for (var tile = 0; tile * Rows < count; tile++)
        {
            for (var tap = 0; tap < phase.Taps.Length; tap++)
            {
                for (var row = 0; row < Rows; row++)
                {
                    // Rows behind the last are never read.
                    var (image, position) = Math.DivRem(begin + Math.Min((tile * Rows) + row, count - 1), phase.Positions.Length);
                    var from = source + (image * vectors * panel) + ((nint)phase.Places[(tap * phase.Positions.Length) + position] * Lanes);
                    var to = target + (row * Lanes);
                    for (var vector = 0; vector < vectors; vector++, from += panel, to += Rows * Lanes)
                    {
                        Vector512.Load(from).Store(to);
                    }
                }

                target += (nint)vectors * Rows * Lanes;
            }
        }
    }

    // One or two blocks of outputs: [position / 8][2][8][16].
    private void Multiply(float* gathered, int count, int steps, float* filters, bool two, float* sums)
    {
        var tiles = (count + Rows - 1) / Rows;
        var other = filters + ((nint)_order.Length * _vectors * Lanes * Lanes);
        for (var step = 0; step < steps; step += StepsAtOnce)
        {
            var length = Math.Min(StepsAtOnce, steps - step);
            for (var tile = 0; tile < tiles; tile += two ? 1 : 2)
            {
                var a = gathered + ((((nint)tile * steps) + step) * Rows * Lanes);
                var target = sums + ((nint)tile * 2 * Rows * Lanes);
                if (two)
                {
                    TFactors.RowsBy32(
                        a, filters + ((nint)step * Lanes * Lanes), other + ((nint)step * Lanes * Lanes), length, target, target + (Rows * Lanes), step > 0,
                        Lanes);
                    continue;
                }

                // Beside the last tile of an odd number stands itself once more, whose sums go behind the others.
                var second = tile + 1 < tiles ? a + ((nint)steps * Rows * Lanes) : a;
                TFactors.TwoRowsBy16(
                    a, second, filters + ((nint)step * Lanes * Lanes), length, target, target + (2 * Rows * Lanes), step > 0, Lanes);
            }
        }
    }
}
