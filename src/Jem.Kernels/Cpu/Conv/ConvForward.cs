using System.Numerics.Tensors;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// A convolution: (x [N,C,H,W], w [O,C/group,kh,kw], perhaps a bias [O]) → y [N,O,Ho,Wo], in the form that takes the least time. Where
/// that is the kernel for few channels, the stride is 1: at that stride a convolution is
/// the input gradient of the one with rotated filters, channels and outputs swapped, and is computed so.
/// </summary>
internal sealed unsafe class ConvForward(SlidingWindow window, bool biased, bool direct, bool bf16) : IKernel
{
    /// <summary>The kernel with a bias.</summary>
    public const string Biased = "ConvBias";

    public static IKernel Create(NodeAttributes attributes, bool biased, bool direct) =>
        new ConvForward(SlidingWindow.Read(attributes), biased, direct, attributes.Bf16);

    public void Run(KernelContext context)
    {
        var (x, w) = (context.Input(0), context.Input(1));
        var ((n, c, height, width), (o, channels, kh, kw)) = (x.Images("x"), w.Images("w"));
        if (c != channels * window.Group || o % window.Group != 0 || (kh, kw) != (window.KernelHeight, window.KernelWidth))
        {
            throw new ArgumentException(
                $"Input 'w' must have shape [O,{c}/group,{window.KernelHeight},{window.KernelWidth}] for 'x' {x} in {window.Group} groups; got {w}.");
        }

        var bias = biased ? context.Input(2) : default;
        if (biased && (bias.Shape is not [var biases] || biases != o))
        {
            throw new ArgumentException($"Input 'b' must have shape [{o}]; got {bias}.");
        }

        var (outHeight, outWidth) = window.Sides(height, width);
        var y = context.Output(0, n, o, outHeight, outWidth);
        var (input, output) = ((c, height, width), (o, outHeight, outWidth));
        if (!direct && ConvForms.Of(window, input, output, bf16: bf16) is { } form)
        {
            form.Convolve(window, n, input, output, x.Data, w.Data, biased ? bias.Data : null, y.Data, gradient: false, context.ParallelFor);
        }
        else
        {
            if (window is not { StrideHeight: 1, StrideWidth: 1 })
            {
                throw new ArgumentException($"This convolution has strides of 1; got {window.StrideHeight} and {window.StrideWidth}.");
            }

            Compute(window, n, input, output, x.Data, w.Data, y.Data, context.ParallelFor);
            if (biased)
            {
                AddBias(n, output, bias.Data, y.Data, context.ParallelFor);
            }
        }
    }

    public static void AddBias(int images, (int C, int H, int W) output, float* bias, float* y, ParallelFor parallel) => parallel(images, image =>
    {
        var size = output.H * output.W;
        var plane = y + ((nint)image * output.C * size);
        for (var c = 0; c < output.C; c++, plane += size)
        {
            var channel = new Span<float>(plane, size);
            TensorPrimitives.Add(channel, bias[c], channel);
        }
    });

    public static void Compute(
        SlidingWindow window, int images, (int C, int H, int W) input, (int C, int H, int W) output,
        float* x, float* w, float* y, ParallelFor parallel)
    {
        var (channels, outChannels, taps) = (input.C / window.Group, output.C / window.Group, window.Taps);
        using var scratch = Scratch.Rent((long)input.C * outChannels * taps);
        var rotated = scratch.Data;
        parallel(input.C, c =>
        {
            var (group, channel) = Math.DivRem(c, channels);
            for (var o = 0; o < outChannels; o++)
            {
                var source = w + (((((nint)group * outChannels) + o) * channels) + channel) * taps;
                var target = rotated + (((nint)c * outChannels) + o) * taps;
                for (var tap = 0; tap < taps; tap++)
                {
                    target[taps - 1 - tap] = source[tap];
                }
            }
        });

        var mirrored = window with
        {
            Top = window.Height - 1 - window.Top,
            Bottom = window.Height - 1 - window.Bottom,
            Left = window.Width - 1 - window.Left,
            Right = window.Width - 1 - window.Right,
        };
        ConvGradInput.Compute(mirrored, images, output, input, x, rotated, y, parallel);
    }
}
