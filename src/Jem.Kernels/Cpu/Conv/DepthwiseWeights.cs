using System.Numerics.Tensors;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// The weight gradient of a convolution of each channel by itself. Sixteen channels of a slice of the images are a task with sums of its own, which
/// are then added up slice by slice.
/// </summary>
internal sealed unsafe class DepthwiseWeights
{
    private const int Lanes = RegisterTiles.Lanes, ManyTasks = 32;

    private readonly int _images, _taps, _slices;
    private readonly Planes _input, _output;
    private readonly DepthwisePlan _plan;
    private readonly int _sumsSize;

    public DepthwiseWeights(SlidingWindow window, int images, Planes input, Planes output)
    {
        (_images, _taps, _input, _output) = (images, window.Taps, input, output);
        _plan = DepthwisePlan.Of(window, images, input, output, gradient: false);
        var parts = _plan.IsSmall ? (images + ChannelProducts.Sums - 1) / ChannelProducts.Sums : images;
        _slices = Math.Clamp((ManyTasks + input.Blocks - 1) / input.Blocks, 1, parts);
        _sumsSize = (_taps + 1) * Lanes; // one for taps that do not exist
    }

    /// <param name="δw">[C][tap].</param>
    public void Run(float* x, float* δy, float* δw, ParallelFor parallel)
    {
        using var scratch = Scratch.Rent((long)_sumsSize * _slices * _input.Blocks);
        var sums = scratch.Data;
        parallel(_slices * _input.Blocks, i =>
            Slice(i / _input.Blocks, i % _input.Blocks, x, δy, sums + ((nint)i * _sumsSize)));
        parallel(_input.Blocks, block => Finish(block, sums, δw));
    }

    private void Slice(int slice, int block, float* x, float* δy, float* sums)
    {
        var (begin, end) = ((int)((long)_images * slice / _slices), (int)((long)_images * (slice + 1) / _slices));
        var atOnce = Math.Min(_plan.ImagesAtOnce, end - begin);
        using var inputs = Scratch.Rent((long)_plan.SourcePanel * atOnce);
        using var gradients = Scratch.Rent((long)_plan.TargetPanel * atOnce);
        new Span<float>(sums, _sumsSize).Clear();
        for (var first = begin; first < end; first += atOnce)
        {
            var count = Math.Min(atOnce, end - first);
            for (var i = 0; i < count; i++)
            {
                DepthwisePanels.Pack(
                    _plan, x + _input.Block(first + i, block), _input, _input.LanesOf(block), inputs.Data + ((nint)i * _plan.SourcePanel));
                TileTable.Pack(
                    δy + _output.Block(first + i, block), _output.Size, _output.LanesOf(block), gradients.Data + ((nint)i * _plan.TargetPanel));
            }

            Correlate(count, inputs.Data, gradients.Data, sums);
        }
    }

    private void Correlate(int images, float* inputs, float* gradients, float* sums)
    {
        fixed (int* places = _plan.Places, taps = _plan.Taps)
        {
            foreach (var run in _plan.Runs)
            {
                var (gradient, count, end) = (run.Target, _plan.IsSmall ? images : run.Count, run.First + run.Taps);
                for (var tap = run.First; tap < end; tap += _plan.IsSeven ? SevenTaps.Taps : ChannelProducts.Sums)
                {
                    if (_plan.IsSeven)
                    {
                        SevenTaps.Correlate(inputs, gradients + gradient, count, places + tap, taps + tap, sums);
                    }
                    else
                    {
                        ChannelProducts.Correlate(
                            inputs, _plan.SourceStep, gradients + gradient, _plan.TargetStep, count, places + tap, taps + tap, sums);
                    }
                }
            }
        }
    }

    private void Finish(int block, float* sums, float* δw)
    {
        var total = new Span<float>(sums + ((nint)block * _sumsSize), _sumsSize);
        for (var slice = 1; slice < _slices; slice++)
        {
            TensorPrimitives.Add(total, new ReadOnlySpan<float>(sums + ((((nint)slice * _input.Blocks) + block) * _sumsSize), _sumsSize), total);
        }

        for (var lane = 0; lane < _input.LanesOf(block); lane++)
        {
            var target = δw + ((((nint)block * Lanes) + lane) * _taps);
            for (var tap = 0; tap < _taps; tap++)
            {
                target[tap] = total[(tap * Lanes) + lane];
            }
        }
    }
}
