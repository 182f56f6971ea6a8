using System.Numerics.Tensors;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// The weight gradient of a convolution of few channels: output gradients by <see cref="TapRows"/>, summed over positions. The parts of each sum
/// lie side by side until the end, so that nothing has to be turned. A slice of the bands is a task with sums of its own.
/// </summary>
internal sealed unsafe class FewChannelsWeights(SlidingWindow window, int images, Planes input, Planes output)
{
    private const int First = PositionProducts.First, Second = PositionProducts.Second, Lanes = RegisterTiles.Lanes, Parts = PositionProducts.Parts;
    private const int Tile = First * Second * Parts, ManyTasks = 16;

    private readonly TapRows _rows = new(window, images, input, output);
    private readonly int _blocks = (output.Channels + Second - 1) / Second;

    private int Groups => (_rows.Count + First - 1) / First;

    private nint SumsSize => (nint)Groups * _blocks * Tile;

    /// <param name="x">The group's first channel in the first image, as <paramref name="δy"/>.</param>
    /// <param name="δw">[K][C][tap].</param>
    public void Run(float* x, float* δy, float* δw, ParallelFor parallel)
    {
        var slices = Math.Min(_rows.Bands, ManyTasks);
        using var scratch = Scratch.Rent(SumsSize * slices);
        var sums = scratch.Data;
        parallel(slices, slice => Slice(
            (int)((long)_rows.Bands * slice / slices), (int)((long)_rows.Bands * (slice + 1) / slices), x, δy, sums + (slice * SumsSize)));
        parallel(Groups, group => Finish(group, slices, sums, δw));
    }

    private void Slice(int begin, int end, float* x, float* δy, float* sums)
    {
        using var scratch = Scratch.Rent(_rows.ScratchSize);
        using var matrix = Scratch.Rent((long)Groups * First * _rows.Step);
        using var gradients = Scratch.Rent((long)_blocks * Second * _rows.Step);
        new Span<float>(sums, checked((int)SumsSize)).Clear();
        Clear(matrix.Data, _rows.Count, Groups * First);
        Clear(gradients.Data, output.Channels, _blocks * Second);
        for (var band = begin; band < end; band++)
        {
            _rows.Write(band, x, scratch.Data, matrix.Data);
            var (image, first, positions) = _rows.Band(band);
            var padded = (positions + Lanes - 1) / Lanes * Lanes;
            for (var channel = 0; channel < output.Channels; channel++)
            {
                var target = gradients.Data + ((nint)channel * _rows.Step);
                var source = δy + output.Block(image, 0) + ((nint)channel * output.Size) + first;
                new ReadOnlySpan<float>(source, positions).CopyTo(new Span<float>(target, positions));
                new Span<float>(target + positions, padded - positions).Clear();
            }

            var tile = sums;
            for (var block = 0; block < _blocks; block++)
            {
                var gradient = gradients.Data + ((nint)block * Second * _rows.Step);
                for (var group = 0; group < Groups; group++, tile += Tile)
                {
                    PositionProducts.Correlate(matrix.Data + ((nint)group * First * _rows.Step), gradient, _rows.Step, padded, tile);
                }
            }
        }
    }

    // Rows that fill the last tile.
    private void Clear(float* rows, int begin, int end) => new Span<float>(rows + ((nint)begin * _rows.Step), (end - begin) * _rows.Step).Clear();

    // Adds the slices up, and then the parts.
    private void Finish(int group, int slices, float* sums, float* δw)
    {
        for (var block = 0; block < _blocks; block++)
        {
            var at = (((nint)block * Groups) + group) * Tile;
            var total = new Span<float>(sums + at, Tile);
            for (var slice = 1; slice < slices; slice++)
            {
                TensorPrimitives.Add(total, new ReadOnlySpan<float>(sums + (slice * SumsSize) + at, Tile), total);
            }

            for (var row = 0; row < Second && (block * Second) + row < output.Channels; row++)
            {
                var target = δw + ((((nint)block * Second) + row) * _rows.Count);
                for (var i = 0; i < First && (group * First) + i < _rows.Count; i++)
                {
                    var parts = sums + at + (((row * First) + i) * Parts);
                    target[(group * First) + i] = parts[0] + parts[1] + (parts[2] + parts[3]);
                }
            }
        }
    }
}
