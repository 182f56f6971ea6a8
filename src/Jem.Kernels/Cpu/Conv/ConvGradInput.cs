using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// The gradient of a convolution with respect to its input: (δy [N,O,Ho,Wo], w [O,C/group,kh,kw]) → δx [N,C,H,W].
/// Each tap is a matrix product over the output channels, added where the tap read: any stride and dilation cost the same.
/// The order of summation does not depend on the number of threads.
/// </summary>
internal sealed unsafe class ConvGradInput(SlidingWindow window, (int H, int W) input, bool direct, bool bf16) : IKernel
{
    public static IKernel Create(NodeAttributes attributes, bool direct) =>
        new ConvGradInput(SlidingWindow.Read(attributes), SlidingWindow.InputShape(attributes), direct, attributes.Bf16);

    public void Run(KernelContext context)
    {
        var (δy, w) = (context.Input(0), context.Input(1));
        var ((n, o, ho, wo), (_, c, _, _)) = window.Filtered(δy, w, input);
        var δx = context.Output(0, n, c * window.Group, input.H, input.W);
        var (images, gradients) = ((c * window.Group, input.H, input.W), (o, ho, wo));
        if (!direct && ConvForms.Of(window, gradients, images, gradient: true, bf16) is { } form)
        {
            form.Convolve(window, n, gradients, images, δy.Data, w.Data, null, δx.Data, gradient: true, context.ParallelFor);
        }
        else
        {
            Compute(window, n, images, gradients, δy.Data, w.Data, δx.Data, context.ParallelFor);
        }
    }

    public static void Compute(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* δy, float* w, float* δx, ParallelFor parallel)
    {
        var (channels, outChannels) = (input.C / window.Group, output.C / window.Group);
        var blocks = (channels + OuterProducts.Columns - 1) / OuterProducts.Columns;
        var filterSize = (long)blocks * window.Taps * outChannels * OuterProducts.Columns;
        using var scratch = Scratch.Rent(filterSize * window.Group);
        var filters = scratch.Data;
        parallel(blocks * window.Group, i => PackFilters(
            w + ((nint)(i / blocks) * outChannels * channels * window.Taps), channels, outChannels, window.Taps, i % blocks,
            filters + (i * (filterSize / blocks))));

        var work = new ConvGradInputImages(window, input, output, channels, outChannels);
        var atOnce = Math.Min(work.ImagesAtOnce, Math.Max(1, images / 16));
        var tasks = (images + atOnce - 1) / atOnce;
        parallel(tasks * window.Group, i =>
        {
            var (group, first) = (i / tasks, i % tasks * atOnce);
            work.Compute(
                Math.Min(atOnce, images - first),
                δy + ((((nint)first * output.C) + (group * outChannels)) * output.H * output.W), filters + (group * filterSize),
                δx + ((((nint)first * input.C) + (group * channels)) * input.H * input.W));
        });
    }

    // w [O][C][tap] → [tap][O][16 channels] for one block of channels; channels that do not exist are 0.
    private static void PackFilters(float* w, int channels, int outChannels, int taps, int block, float* packed)
    {
        var first = block * OuterProducts.Columns;
        for (var o = 0; o < outChannels; o++)
        {
            for (var column = 0; column < OuterProducts.Columns; column++)
            {
                var source = w + ((((nint)o * channels) + first + column) * taps);
                for (var tap = 0; tap < taps; tap++)
                {
                    packed[((((nint)tap * outChannels) + o) * OuterProducts.Columns) + column] = first + column < channels ? source[tap] : 0;
                }
            }
        }
    }
}
