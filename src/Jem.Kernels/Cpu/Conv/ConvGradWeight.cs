using System.Numerics.Tensors;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// The gradient of a convolution with respect to its filter: (x [N,C,H,W], δy [N,O,Ho,Wo]) → δw [O,C/group,kh,kw].
/// Sums of outer products of gradients and inputs, blocked for the caches (<see cref="ConvGradWeightPlan"/>). The order of
/// summation does not depend on the number of threads.
/// </summary>
internal sealed unsafe class ConvGradWeight(SlidingWindow window, bool direct, bool bf16) : IKernel
{
    public static IKernel Create(NodeAttributes attributes, bool direct) => new ConvGradWeight(SlidingWindow.Read(attributes), direct, attributes.Bf16);

    public void Run(KernelContext context)
    {
        var (x, δy) = (context.Input(0), context.Input(1));
        var ((n, c, h, w), (m, o, ho, wo)) = (x.Images("x"), δy.Images("dy"));
        if (n != m || c % window.Group != 0 || o % window.Group != 0)
        {
            throw new ArgumentException(
                $"Inputs 'x' and 'dy' must have as many images as each other and channels divisible by group {window.Group}; got {x} and {δy}.");
        }

        window.CheckSizes(h, w, ho, wo);
        var δw = context.Output(0, o, c / window.Group, window.KernelHeight, window.KernelWidth);
        if (!direct && ConvForms.Of(window, (c, h, w), (o, ho, wo), bf16: bf16) is { } form)
        {
            form.Weights(window, n, (c, h, w), (o, ho, wo), x.Data, δy.Data, δw.Data, context.ParallelFor);
        }
        else
        {
            Compute(window, (n, c, h, w), (o, ho, wo), x.Data, δy.Data, δw.Data, context.ParallelFor);
        }
    }

    public static void Compute(
        SlidingWindow window, (int N, int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* δy, float* δw, ParallelFor parallel)
    {
        var (channels, outChannels) = (input.C / window.Group, output.C / window.Group);
        var plan = new ConvGradWeightPlan(window, input.N, channels, outChannels, output.H, output.W);
        void Group(int group, ParallelFor within) => new Work(
            plan, input, output, channels, outChannels,
            x + ((nint)group * channels * input.H * input.W),
            δy + ((nint)group * outChannels * output.H * output.W),
            δw + ((nint)group * outChannels * channels * window.Taps)).Run(within);

        // Many groups are small ones (depthwise convolution): then each is a task.
        if (window.Group > 4)
        {
            parallel(window.Group, group => Group(group, OneThread.For));
        }
        else
        {
            OneThread.For(window.Group, group => Group(group, parallel));
        }
    }

    private sealed class Work(
        ConvGradWeightPlan plan, (int N, int C, int H, int W) input, (int C, int H, int W) output,
        int channels, int outChannels, float* x, float* δy, float* δw)
    {
        private const int TileSize = OuterProducts.Columns;

        private static readonly int s_tileSums = OuterProducts.Rows * OuterProducts.Columns;

        public void Run(ParallelFor parallel)
        {
            using var sums = Scratch.Rent(plan.Sums * plan.Slices);
            var all = sums.Data;
            if (plan.Slices == 1)
            {
                Slice(0, all, parallel);
            }
            else
            {
                parallel(plan.Slices, slice => Slice(slice, all + (slice * plan.Sums), OneThread.For));
            }

            parallel(plan.RowBlocks, block => Finish(block, all));
        }

        // Sums the bands of one slice.
        private void Slice(int slice, float* sums, ParallelFor parallel)
        {
            parallel(plan.LaneBlocks, block => Clear(block, sums));
            var (begin, end) = ((int)((long)plan.Bands * slice / plan.Slices), (int)((long)plan.Bands * (slice + 1) / plan.Slices));
            var (inputSize, gradientSize) =
                ((long)plan.ChunkBands * plan.InputBand * plan.LaneBlocks, (long)plan.ChunkBands * plan.GradientBand * plan.RowBlocks);
            long maxRows = plan.ChunkBands * plan.BandRows;
            using var scratch = Scratch.Rent(inputSize + gradientSize + (maxRows * 2 * sizeof(nint) / sizeof(float)));
            var inputs = scratch.Data;
            var gradients = inputs + inputSize;
            var inputRows = (nint*)(gradients + gradientSize + (gradientSize & 1));
            for (var first = begin; first < end; first += plan.ChunkBands)
            {
                var (chunk, bands) = (first, Math.Min(plan.ChunkBands, end - first));
                parallel(bands * (plan.LaneBlocks + plan.RowBlocks), i => Pack(chunk, i % bands, i / bands, inputs, gradients));
                var rows = LayRows(chunk, bands, inputRows, inputRows + maxRows);
                parallel(plan.LaneBlocks * Parts, i => Multiply(i / Parts, i % Parts, rows, inputs, gradients, inputRows, inputRows + maxRows, sums));
            }
        }

        // The row blocks of a lane block may be computed apart, so that there is work for many threads.
        private int Parts => Math.Clamp(64 / plan.LaneBlocks, 1, plan.RowBlocks);

        private void Clear(int block, float* sums)
        {
            var size = plan.Sums / plan.LaneBlocks;
            new Span<float>(sums + (block * size), (int)size).Clear();
        }

        private void Pack(int chunk, int index, int block, float* inputs, float* gradients)
        {
            var (image, row, rows) = plan.Band(chunk + index);
            if (block < plan.LaneBlocks)
            {
                ConvPanels.PackInputs(
                    plan, x + ((nint)image * input.C * input.H * input.W), input.H, input.W, row, rows, block,
                    inputs + ((((nint)block * plan.ChunkBands) + index) * plan.InputBand));
            }
            else
            {
                block -= plan.LaneBlocks;
                ConvPanels.PackGradients(
                    δy + ((((nint)image * output.C * output.H) + row) * output.W), (nint)output.H * output.W, outChannels, rows * output.W, block,
                    gradients + ((((nint)block * plan.ChunkBands) + index) * plan.GradientBand));
            }
        }

        // Where each output row of a chunk begins in a block of packed inputs and of packed gradients.
        private int LayRows(int chunk, int bands, nint* inputRows, nint* gradientRows)
        {
            var count = 0;
            for (var band = 0; band < bands; band++)
            {
                for (var row = 0; row < plan.Band(chunk + band).Rows; row++, count++)
                {
                    inputRows[count] = ((nint)band * plan.InputBand) + ((nint)row * plan.RowStride * plan.PanelWidth * OuterProducts.Columns);
                    gradientRows[count] = ((nint)band * plan.GradientBand) + ((nint)row * output.W * OuterProducts.Rows);
                }
            }

            return count;
        }

        private void Multiply(
            int laneBlock, int part, int rows, float* inputs, float* gradients, nint* inputRows, nint* gradientRows, float* sums)
        {
            var (window, taps, step) = (plan.Window, plan.PanelTaps, (nint)plan.ColumnStride * OuterProducts.Columns);
            var tileRows = stackalloc nint[OuterProducts.Rows];
            for (var i = 0; i < OuterProducts.Rows; i++)
            {
                tileRows[i] = i * TileSize;
            }

            var (begin, end) = (plan.RowBlocks * part / Parts, plan.RowBlocks * (part + 1) / Parts);
            var panel = inputs + ((nint)laneBlock * plan.ChunkBands * plan.InputBand);
            for (var row = 0; row < rows; row += plan.RowsAtOnce)
            {
                var count = Math.Min(plan.RowsAtOnce, rows - row);
                for (var block = begin; block < end; block++)
                {
                    var gradient = gradients + ((nint)block * plan.ChunkBands * plan.GradientBand);
                    var tile = sums + ((((nint)laneBlock * plan.RowBlocks) + block) * taps * s_tileSums);
                    for (var tap = 0; tap < taps; tap++, tile += s_tileSums)
                    {
                        var (down, right) = (tap / window.KernelWidth * window.DilationHeight, tap % window.KernelWidth * window.DilationWidth);
                        var shifted = panel + ((((nint)down * plan.PanelWidth) + right) * OuterProducts.Columns);
                        OuterProducts.Add(gradient, shifted, gradientRows + row, inputRows + row, count, output.W, step, tile, tileRows);
                    }
                }
            }
        }

        // Adds the slices up and puts the tiles of one block of output channels in the filter's order.
        private void Finish(int block, float* sums)
        {
            var (taps, rows) = (plan.PanelTaps, Math.Min(OuterProducts.Rows, outChannels - (block * OuterProducts.Rows)));
            for (var laneBlock = 0; laneBlock < plan.LaneBlocks; laneBlock++)
            {
                var tiles = sums + ((((nint)laneBlock * plan.RowBlocks) + block) * taps * s_tileSums);
                var total = new Span<float>(tiles, taps * s_tileSums);
                for (var slice = 1; slice < plan.Slices; slice++)
                {
                    TensorPrimitives.Add(total, new ReadOnlySpan<float>(tiles + (slice * plan.Sums), total.Length), total);
                }
            }

            for (var row = 0; row < rows; row++)
            {
                var filter = δw + (((nint)block * OuterProducts.Rows) + row) * channels * plan.Window.Taps;
                for (var lane = 0; lane < plan.Lanes; lane++)
                {
                    var (laneBlock, column) = Math.DivRem(lane, TileSize);
                    var tile = sums + ((((nint)laneBlock * plan.RowBlocks) + block) * taps * s_tileSums) + (row * TileSize) + column;
                    for (var tap = 0; tap < taps; tap++)
                    {
                        *filter++ = tile[tap * s_tileSums];
                    }
                }
            }
        }
    }
}
