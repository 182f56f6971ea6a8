using System.Runtime.Intrinsics;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>A convolution of each channel by itself, or its input gradient: 16 channels of an image, or of eight small ones, are a task.</summary>
internal sealed unsafe class DepthwiseConv(SlidingWindow window, int images, Planes from, Planes to, bool gradient)
{
    private const int Lanes = RegisterTiles.Lanes, AtOnce = ChannelProducts.Sums;

    private readonly DepthwisePlan _plan = DepthwisePlan.Of(window, images, from, to, gradient);
    private readonly nint _filterSize = (nint)window.Taps * Lanes;

    /// <param name="filters">[C][tap].</param>
    /// <param name="bias">[C], or null.</param>
    public void Run(float* x, float* filters, float* bias, float* y, ParallelFor parallel)
    {
        using var scratch = Scratch.Rent(_filterSize * from.Blocks);
        var packed = scratch.Data;
        var part = _plan.IsSmall ? AtOnce : 1;
        parallel(from.Blocks, block => DepthwisePanels.PackFilters(filters, window.Taps, block, from.LanesOf(block), packed + (block * _filterSize)));
        parallel((images + part - 1) / part * from.Blocks, i =>
        {
            var (first, block) = (i / from.Blocks * part, i % from.Blocks);
            Compute(first, Math.Min(part, images - first), block, x, packed + (block * _filterSize), bias, y);
        });
    }

    private void Compute(int first, int count, int block, float* x, float* filters, float* bias, float* y)
    {
        var panels = _plan.IsSmall ? AtOnce : 1;
        using var sources = Scratch.Rent((long)_plan.SourcePanel * panels);
        using var targets = Scratch.Rent((long)_plan.TargetPanel * panels);
        for (var i = 0; i < count; i++)
        {
            DepthwisePanels.Pack(_plan, x + from.Block(first + i, block), from, from.LanesOf(block), sources.Data + ((nint)i * _plan.SourcePanel));
        }

        var start = stackalloc float[Lanes];
        for (var lane = 0; lane < Lanes; lane++)
        {
            start[lane] = bias != null && lane < to.LanesOf(block) ? bias[(block * Lanes) + lane] : 0;
        }

        var initial = Vector512.Load(start);
        fixed (int* places = _plan.Places, taps = _plan.Taps)
        {
            foreach (var run in _plan.Runs)
            {
                var results = _plan.IsSmall ? count : run.Count;
                for (var i = 0; i < results; i += AtOnce)
                {
                    // The last eight of a row may be computed a second time.
                    nint at = Math.Min(i, Math.Max(0, results - AtOnce));
                    var (source, target) = (at * _plan.SourceStep, run.Target + (at * _plan.TargetStep));
                    if (_plan.IsSeven)
                    {
                        SevenTaps.Convolve(
                            sources.Data + source, filters, places + run.First, taps + run.First, run.Taps, initial, targets.Data + target);
                        continue;
                    }

                    ChannelProducts.Convolve(
                        sources.Data + source, _plan.SourceStep, filters, places + run.First, taps + run.First, run.Taps, initial,
                        targets.Data + target, _plan.TargetStep, Math.Min(AtOnce, results));
                }
            }
        }

        for (var i = 0; i < count; i++)
        {
            TileTable.Unpack(targets.Data + ((nint)i * _plan.TargetPanel), to.Size, to.LanesOf(block), y + to.Block(first + i, block));
        }
    }
}
