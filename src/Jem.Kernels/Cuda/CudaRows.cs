using Jem.Kernels.Cpu.Elementwise;
using Jem.Kernels.Cpu.Norm;
using Jem.Kernels.Cuda.Compiled;
using Jem.Kernels.Cuda.Conv;
using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;
using Jem.Kernels.Lowering;
using Jem.Shared;
using Onnx;

namespace Jem.Kernels.Cuda;

/// <summary>The kernels for NVIDIA GPUs: calls of cuDNN where it has them, otherwise CUDA C++ that is compiled at run time.</summary>
internal static class CudaRows
{
    private const string Provider = "CUDAExecutionProvider";

    /// <summary>Whether CUDA C++ can be compiled here.</summary>
    public static bool HasCompiler => CudaLibrary.Has(CudaFiles.Compiler);

    /// <summary>What is to be said of libraries that are not there; null if all are.</summary>
    public static string? Missing => HasCompiler
        ? null
        : $"{CudaFiles.Of(CudaFiles.Compiler)} of CUDA 13 is not found: batch norm, pooling and more run by ONNX Runtime's operators, which is slower.";

    /// <summary>The rows that can be used here.</summary>
    /// <param name="deterministic">Whether they always give the same bytes.</param>
    public static IReadOnlyList<KernelRow> Of(bool deterministic) => [.. Gradients("", deterministic), .. HasCompiler ? Compiled(deterministic) : []];

    /// <summary>Whether a convolution is padded alike on opposite sides, as cuDNN has it; any other node is.</summary>
    public static bool IsForCudnn(NodeProto node) =>
        !node.OpType.Contains("Conv", StringComparison.Ordinal)
        || node.Attribute.FirstOrDefault(attribute => attribute.Name == "pads") is not { } pads
        || (pads.Ints is [var top, var left, var bottom, var right] && (top, left) == (bottom, right));

    /// <summary>Whether a convolution is one of groups of channels.</summary>
    public static bool IsGrouped(NodeProto node) => node.Attribute.Any(attribute => attribute is { Name: "group", I: > 1 });

    private static IEnumerable<KernelRow> Gradients(string layout, bool deterministic)
    {
        var last = layout.Length > 0;
        yield return Row(layout + "ConvGradWeight", 2, 1, node => new CudnnConvGradWeight(SlidingWindow.Read(node), last, deterministic));
        yield return Row(
            layout + "ConvGradInput", 2, 1, node => new CudnnConvGradInput(SlidingWindow.Read(node), SlidingWindow.InputShape(node), last, deterministic));
    }

    private static IEnumerable<KernelRow> Compiled(bool deterministic) =>
    [
        .. InBothLayouts(""),
        .. InBothLayouts(ChannelsLast.Prefix),
        .. Gradients(ChannelsLast.Prefix, deterministic),
        Row(ChannelsLast.Prefix + "Conv", 2, 1, node => new CudnnConv(SlidingWindow.Read(node), channelsLast: true, deterministic)),
        Row(ChannelsLast.Prefix + "MaxPool", 1, 1, node => new CompiledMaxPool(SlidingWindow.Read(node))),
        Row(ChannelsLast.ToLast, 1, 1, _ => new CompiledTranspose(toLast: true)),
        Row(ChannelsLast.ToFirst, 1, 1, _ => new CompiledTranspose(toLast: false)),
        Row("SignMul", 2, 1, _ => new CompiledPointwise("sign_mul", 2)),
        Row("Gelu", 1, 1, _ => new CompiledPointwise("gelu", 1)),
        Row("GeluGrad", 2, 1, _ => new CompiledPointwise("gelu_grad", 2)),
        Row(ElementwiseProgram.Base, 0, 0, CompiledElementwise.Create),
        Row("SoftmaxGrad", 2, 1, _ => new CompiledSoftmaxGrad()),
        Row("LayerNormGrad", 3, 3, node => new CompiledLayerNormGrad(Epsilon(node))),
        Row("AveragePoolGrad", 1, 1, node => new CompiledAveragePoolGrad(
            SlidingWindow.Read(node), SlidingWindow.InputShape(node), node.Int("count_include_pad", 0) != 0)),
    ];

    private static IEnumerable<KernelRow> InBothLayouts(string layout)
    {
        var last = layout.Length > 0;
        KernelRow Norm(string name, int inputs, bool relu, bool skips) =>
            Row(layout + name, inputs, 3, node => new CompiledBatchNorm(Epsilon(node), last, relu, skips));
        KernelRow Gradient(string name, int inputs, int outputs, NormMask mask) =>
            Row(layout + name, inputs, outputs, node => new CompiledBatchNormGrad(Epsilon(node), last, mask));
        return
        [
            Norm(BatchNormTraining.Alone, 3, relu: false, skips: false),
            Norm(BatchNormTraining.Relu, 3, relu: true, skips: false),
            Norm(BatchNormTraining.AddRelu, 4, relu: true, skips: true),
            Gradient(BatchNormGrad.Alone, 5, 3, NormMask.None),
            Gradient(BatchNormGrad.Relu, 6, 3, NormMask.Norm),
            Gradient(BatchNormGrad.AddRelu, 6, 4, NormMask.Sum),
            Row(layout + "MaxPoolGrad", 2, 1, node => new CompiledMaxPoolGrad(SlidingWindow.Read(node), last)),
        ];
    }

    private static KernelRow Row(string name, int inputs, int outputs, Func<NodeAttributes, IKernel> create) =>
        new(name, inputs, outputs, create) { Provider = Provider };

    private static float Epsilon(NodeAttributes node) => node.Float("epsilon", 1e-5f);
}
