namespace Jem.Kernels.Cpu.Winograd;

/// <summary>A form of Winograd's convolution with 3×3 filters and stride 1, in its three directions, group by group.</summary>
internal abstract unsafe class WinogradForm
{
    /// <summary>The outputs of a tile, on each side.</summary>
    public abstract int Tile { get; }

    /// <summary>A convolution, or from output gradients to inputs its gradient.</summary>
    /// <param name="turned">Whether it is the gradient.</param>
    public abstract void Convolve(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* w, float* y, bool turned, ParallelFor parallel);

    /// <summary>The weight gradient.</summary>
    public abstract void Weights(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* δy, float* δw, ParallelFor parallel);

    /// <summary>Products for an image in one group.</summary>
    public long Products(Planes input, Planes output)
    {
        var (rows, columns) = Planes.Tiles(output, Tile);
        return (long)(Tile + 2) * (Tile + 2) * rows * columns * input.Padded * output.Padded;
    }
}

/// <inheritdoc/>
internal sealed unsafe class WinogradForm<TForm> : WinogradForm where TForm : struct, IWinogradForm
{
    private const int Taps = 9;

    public override int Tile => TForm.Tile;

    public override void Convolve(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* w, float* y, bool turned, ParallelFor parallel)
    {
        var (from, to) = (Planes.Of(input, window.Group), Planes.Of(output, window.Group));
        var (top, left) = turned ? (2 - window.Top, 2 - window.Left) : (window.Top, window.Left);
        var kernel = new WinogradConv<TForm>(images, from, to, top, left);
        for (nint group = 0; group < window.Group; group++)
        {
            var filters = w + (group * from.Channels * to.Channels * Taps);
            kernel.Run(x + (group * from.Channels * from.Size), filters, y + (group * to.Channels * to.Size), turned, parallel);
        }
    }

    public override void Weights(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* δy, float* δw, ParallelFor parallel)
    {
        var (from, to) = (Planes.Of(input, window.Group), Planes.Of(output, window.Group));
        var kernel = new WinogradWeights<TForm>(images, from, to, window.Top, window.Left);
        for (nint group = 0; group < window.Group; group++)
        {
            var filters = δw + (group * from.Channels * to.Channels * Taps);
            kernel.Run(x + (group * from.Channels * from.Size), δy + (group * to.Channels * to.Size), filters, parallel);
        }
    }
}

/// <summary>Which convolutions go by Winograd's transforms.</summary>
internal static class WinogradForms
{
    // Transforms take about the time of half the products more.
    private const double Overhead = 1.5;

    private static readonly WinogradForm[] s_all = [new WinogradForm<F4x4>(), new WinogradForm<F2x2>()];

    /// <summary>
    /// The form with the fewest products, or null where a direct convolution has fewer. Shapes alone decide: neither the machine nor the number
    /// of threads has a say.
    /// </summary>
    public static WinogradForm? Of(SlidingWindow window, (int C, int H, int W) input, (int C, int H, int W) output)
    {
        if (window is not { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1, Top: <= 2, Left: <= 2 }
            || window is not { Bottom: <= 2, Right: <= 2 })
        {
            return null;
        }

        var (from, to) = (Planes.Of(input, window.Group), Planes.Of(output, window.Group));
        var best = s_all.MinBy(form => form.Products(from, to))!;
        return Overhead * best.Products(from, to) < 9.0 * to.Size * from.Channels * to.Channels ? best : null;
    }
}
