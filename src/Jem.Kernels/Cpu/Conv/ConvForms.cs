using Jem.Kernels.Cpu.Panels;
using Jem.Kernels.Cpu.Winograd;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>A way to compute convolutions, in their three directions.</summary>
internal abstract unsafe class ConvForm
{
    public abstract string Name { get; }

    /// <summary>The time of an image in one group, in products; infinite for what it does not take.</summary>
    /// <param name="gradient">Whether it is an input gradient, from output gradients to inputs.</param>
    public abstract double Cost(SlidingWindow window, Planes input, Planes output, bool gradient);

    /// <summary>A convolution, or from output gradients to inputs its gradient.</summary>
    /// <param name="bias">Of the outputs; null for none.</param>
    /// <param name="gradient">Whether it is the gradient.</param>
    public abstract void Convolve(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* w, float* bias, float* y, bool gradient, ParallelFor parallel);

    /// <summary>The weight gradient.</summary>
    public abstract void Weights(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* δy, float* δw, ParallelFor parallel);
}

/// <summary>A form that goes group by group.</summary>
internal abstract unsafe class GroupForm : ConvForm
{
    public override void Convolve(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* w, float* bias, float* y, bool gradient, ParallelFor parallel)
    {
        var (from, to) = (Planes.Of(input, window.Group), Planes.Of(output, window.Group));
        var run = Convolution(window, images, from, to, gradient);
        for (nint group = 0; group < window.Group; group++)
        {
            var filters = w + (group * from.Channels * to.Channels * window.Taps);
            run(x + (group * from.Channels * from.Size), filters, y + (group * to.Channels * to.Size), parallel);
        }

        if (bias != null)
        {
            ConvForward.AddBias(images, output, bias, y, parallel);
        }
    }

    public override void Weights(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* δy, float* δw, ParallelFor parallel)
    {
        var (from, to) = (Planes.Of(input, window.Group), Planes.Of(output, window.Group));
        var run = WeightGradient(window, images, from, to);
        for (nint group = 0; group < window.Group; group++)
        {
            var filters = δw + (group * from.Channels * to.Channels * window.Taps);
            run(x + (group * from.Channels * from.Size), δy + (group * to.Channels * to.Size), filters, parallel);
        }
    }

    protected delegate void Kernel(float* first, float* second, float* result, ParallelFor parallel);

    /// <summary>The time of products over channels, by that of one number in a place: a last vector may have a block less.</summary>
    protected static double Price<TFactors>(Planes input)
        where TFactors : struct, IFactors => (double)((input.Blocks + TFactors.PerPlace - 1) / TFactors.PerPlace) / input.Blocks;

    protected abstract Kernel Convolution(SlidingWindow window, int images, Planes from, Planes to, bool gradient);

    protected abstract Kernel WeightGradient(SlidingWindow window, int images, Planes from, Planes to);
}

/// <summary>Winograd's, for filters of 3×3 and strides of 1.</summary>
internal sealed unsafe class WinogradForm<TForm, TFactors> : GroupForm
    where TForm : struct, IWinogradForm
    where TFactors : struct, IFactors
{
    // Transforms take about the time of half the products more.
    private const double Overhead = 0.5;

    public override string Name => $"F({TForm.Tile}×{TForm.Tile}, 3×3)";

    public override double Cost(SlidingWindow window, Planes input, Planes output, bool gradient)
    {
        if (window is not { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1, Top: <= 2, Left: <= 2 }
            || window is not { Bottom: <= 2, Right: <= 2 })
        {
            return double.PositiveInfinity;
        }

        var (rows, columns) = Planes.Tiles(output, TForm.Tile);
        return (Price<TFactors>(input) + Overhead) * TForm.Points * TForm.Points * rows * columns * input.Padded * output.Padded;
    }

    protected override Kernel Convolution(SlidingWindow window, int images, Planes from, Planes to, bool gradient)
    {
        var (top, left) = gradient ? (2 - window.Top, 2 - window.Left) : (window.Top, window.Left);
        if (from.Blocks < TFactors.PerPlace)
        {
            var whole = new WinogradConv<TForm, Float32Factors>(images, from, to, top, left);
            return (x, w, y, parallel) => whole.Run(x, w, y, gradient, parallel);
        }

        var kernel = new WinogradConv<TForm, TFactors>(images, from, to, top, left);
        return (x, w, y, parallel) => kernel.Run(x, w, y, gradient, parallel);
    }

    protected override Kernel WeightGradient(SlidingWindow window, int images, Planes from, Planes to) =>
        new PanelWeights<FrequencyForm<TForm>, TFactors>(new FrequencyForm<TForm>(window), images, from, to).Run;
}

/// <summary>As a convolution is defined, of any window, with channels side by side.</summary>
internal sealed unsafe class PanelForm<TFactors> : GroupForm
    where TFactors : struct, IFactors
{
    // Beyond, what a tile gathers is no longer small.
    private const int MostTaps = 256;

    public override string Name => "panels";

    public override double Cost(SlidingWindow window, Planes input, Planes output, bool gradient) =>
        window.Taps > MostTaps ? double.PositiveInfinity : window.Taps * (double)output.Size * input.Padded * output.Padded * Price<TFactors>(input);

    protected override Kernel Convolution(SlidingWindow window, int images, Planes from, Planes to, bool gradient)
    {
        var phases = PanelPhase.Of(window, from, to, gradient);
        if (from.Blocks < TFactors.PerPlace)
        {
            var whole = new PanelConv<Float32Factors>(images, from, to, window.Taps, phases);
            return (x, w, y, parallel) => whole.Run(x, w, y, gradient, parallel);
        }

        var kernel = new PanelConv<TFactors>(images, from, to, window.Taps, phases);
        return (x, w, y, parallel) => kernel.Run(x, w, y, gradient, parallel);
    }

    protected override Kernel WeightGradient(SlidingWindow window, int images, Planes from, Planes to) =>
        new PanelWeights<TapForm, TFactors>(new TapForm(window), images, from, to).Run;
}

/// <summary>Each channel by itself: as many groups as channels and as outputs.</summary>
internal sealed unsafe class DepthwiseForm : ConvForm
{
    public override string Name => "depthwise";

    // Nothing else fills a vector with channels of different groups, so that the lanes of a last block that stay empty do not count.
    public override double Cost(SlidingWindow window, Planes input, Planes output, bool gradient) =>
        input.Channels == 1 && output.Channels == 1 ? (double)window.Taps * output.Size : double.PositiveInfinity;

    public override void Convolve(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* w, float* bias, float* y, bool gradient, ParallelFor parallel) =>
        new DepthwiseConv(window, images, Planes.Of(input, 1), Planes.Of(output, 1), gradient).Run(x, w, bias, y, parallel);

    public override void Weights(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* δy, float* δw, ParallelFor parallel) =>
        new DepthwiseWeights(window, images, Planes.Of(input, 1), Planes.Of(output, 1)).Run(x, δy, δw, parallel);
}

/// <summary>Few input channels, as those of colour images: one product over channels and taps. It has no input gradient.</summary>
internal sealed unsafe class FewChannelsForm : GroupForm
{
    // More would not stay in the caches beside their positions.
    private const int MostNumbers = 1024;

    // What it takes to bring a number to its place, in products.
    private const double Gathering = 4;

    public override string Name => "few channels";

    public override double Cost(SlidingWindow window, Planes input, Planes output, bool gradient)
    {
        var numbers = (double)window.Taps * input.Channels;
        return gradient || input.Channels >= Planes.Lanes || numbers > MostNumbers
            ? double.PositiveInfinity
            : numbers * output.Size * (((output.Channels + 7) / 8 * 8) + Gathering);
    }

    protected override Kernel Convolution(SlidingWindow window, int images, Planes from, Planes to, bool gradient) =>
        gradient ? throw new NotSupportedException() : new FewChannelsConv(window, images, from, to).Run;

    protected override Kernel WeightGradient(SlidingWindow window, int images, Planes from, Planes to) =>
        new FewChannelsWeights(window, images, from, to).Run;
}

/// <summary>Which convolutions are computed how.</summary>
internal static class ConvForms
{
    // Products of few channels in kernels that do without blocks of 16, by the time of those that have them.
    private const double Narrow = 1.3;

    public static IReadOnlyList<ConvForm> All { get; } = With<Float32Factors>();

    /// <summary>Those whose factors are of bfloat16 where channels are summed over, 17 of them and more, and in weight gradients.</summary>
    public static IReadOnlyList<ConvForm> Bf16 { get; } = With<Bf16Factors>();

    /// <summary>
    /// The form that takes the least time, or null where kernels for few channels do. Shapes alone decide: neither the machine nor the number of
    /// threads has a say.
    /// </summary>
    /// <param name="gradient">Whether it is an input gradient, from output gradients to inputs.</param>
    /// <param name="bf16">Whether factors are rounded to bfloat16.</param>
    public static ConvForm? Of(
        SlidingWindow window, (int C, int H, int W) input, (int C, int H, int W) output, bool gradient = false, bool bf16 = false)
    {
        var (from, to) = (Planes.Of(input, window.Group), Planes.Of(output, window.Group));
        var best = (bf16 ? Bf16 : All).MinBy(form => form.Cost(window, from, to, gradient))!;
        return best.Cost(window, from, to, gradient) < Narrow * window.Taps * to.Size * from.Channels * to.Channels ? best : null;
    }

    private static ConvForm[] With<TFactors>()
        where TFactors : struct, IFactors =>
        [new WinogradForm<F4x4, TFactors>(), new WinogradForm<F2x2, TFactors>(), new PanelForm<TFactors>(), new DepthwiseForm(), new FewChannelsForm()];
}
