using Jem.Kernels.Cpu.Panels;
using Jem.Kernels.Cpu.Winograd;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>A way to compute convolutions, in their three directions, group by group.</summary>
internal abstract unsafe class ConvForm
{
    public abstract string Name { get; }

    /// <summary>The time of an image in one group, in products; infinite for what it does not take.</summary>
    public abstract double Cost(SlidingWindow window, Planes input, Planes output);

    /// <summary>A convolution, or from output gradients to inputs its gradient.</summary>
    /// <param name="gradient">Whether it is the gradient.</param>
    public void Convolve(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* w, float* y, bool gradient, ParallelFor parallel)
    {
        var (from, to) = (Planes.Of(input, window.Group), Planes.Of(output, window.Group));
        var run = Convolution(window, images, from, to, gradient);
        for (nint group = 0; group < window.Group; group++)
        {
            var filters = w + (group * from.Channels * to.Channels * window.Taps);
            run(x + (group * from.Channels * from.Size), filters, y + (group * to.Channels * to.Size), parallel);
        }
    }

    /// <summary>The weight gradient.</summary>
    public void Weights(
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

    protected abstract Kernel Convolution(SlidingWindow window, int images, Planes from, Planes to, bool gradient);

    protected abstract Kernel WeightGradient(SlidingWindow window, int images, Planes from, Planes to);
}

/// <summary>Winograd's, for filters of 3×3 and strides of 1.</summary>
internal sealed unsafe class WinogradForm<TForm> : ConvForm where TForm : struct, IWinogradForm
{
    // Transforms take about the time of half the products more.
    private const double Overhead = 1.5;

    public override string Name => $"F({TForm.Tile}×{TForm.Tile}, 3×3)";

    public override double Cost(SlidingWindow window, Planes input, Planes output)
    {
        if (window is not { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1, Top: <= 2, Left: <= 2 }
            || window is not { Bottom: <= 2, Right: <= 2 })
        {
            return double.PositiveInfinity;
        }

        var (rows, columns) = Planes.Tiles(output, TForm.Tile);
        return Overhead * TForm.Points * TForm.Points * rows * columns * input.Padded * output.Padded;
    }

    protected override Kernel Convolution(SlidingWindow window, int images, Planes from, Planes to, bool gradient)
    {
        var (top, left) = gradient ? (2 - window.Top, 2 - window.Left) : (window.Top, window.Left);
        var kernel = new WinogradConv<TForm>(images, from, to, top, left);
        return (x, w, y, parallel) => kernel.Run(x, w, y, gradient, parallel);
    }

    protected override Kernel WeightGradient(SlidingWindow window, int images, Planes from, Planes to) =>
        new PanelWeights<FrequencyForm<TForm>>(new FrequencyForm<TForm>(window), images, from, to).Run;
}

/// <summary>As a convolution is defined, of any window, with channels side by side.</summary>
internal sealed unsafe class PanelForm : ConvForm
{
    // Beyond, what a tile gathers is no longer small.
    private const int MostTaps = 256;

    public override string Name => "panels";

    public override double Cost(SlidingWindow window, Planes input, Planes output) =>
        window.Taps > MostTaps ? double.PositiveInfinity : (double)window.Taps * output.Size * input.Padded * output.Padded;

    protected override Kernel Convolution(SlidingWindow window, int images, Planes from, Planes to, bool gradient)
    {
        var kernel = new PanelConv(images, from, to, window.Taps, PanelPhase.Of(window, from, to, gradient));
        return (x, w, y, parallel) => kernel.Run(x, w, y, gradient, parallel);
    }

    protected override Kernel WeightGradient(SlidingWindow window, int images, Planes from, Planes to) =>
        new PanelWeights<TapForm>(new TapForm(window), images, from, to).Run;
}

/// <summary>Which convolutions are computed how.</summary>
internal static class ConvForms
{
    // Products of few channels in kernels that do without blocks of 16, by the time of those that have them.
    private const double Narrow = 1.3;

    public static IReadOnlyList<ConvForm> All { get; } = [new WinogradForm<F4x4>(), new WinogradForm<F2x2>(), new PanelForm()];

    /// <summary>
    /// The form that takes the least time, or null where kernels for few channels do. Shapes alone decide: neither the machine nor the number of
    /// threads has a say.
    /// </summary>
    public static ConvForm? Of(SlidingWindow window, (int C, int H, int W) input, (int C, int H, int W) output)
    {
        var (from, to) = (Planes.Of(input, window.Group), Planes.Of(output, window.Group));
        var best = All.MinBy(form => form.Cost(window, from, to))!;
        return best.Cost(window, from, to) < Narrow * window.Taps * to.Size * from.Channels * to.Channels ? best : null;
    }
}
