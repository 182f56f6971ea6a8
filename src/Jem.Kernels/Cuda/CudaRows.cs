using Jem.Kernels.Cpu.Elementwise;
using Jem.Kernels.Cuda.Compiled;
using Jem.Kernels.Cuda.Conv;
using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Cuda.Norm;
using Jem.Kernels.Interop;
using Jem.Shared;
using Onnx;

namespace Jem.Kernels.Cuda;

/// <summary>The kernels for NVIDIA GPUs: calls of cuDNN where it has them, otherwise CUDA C++ that is compiled at run time.</summary>
internal static class CudaRows
{
    private const string Provider = "CUDAExecutionProvider";

    /// <summary>What is to be said of libraries that are not there; null if all are.</summary>
    public static string? Missing => CudaLibrary.Has(CudaFiles.Compiler)
        ? null
        : $"{CudaFiles.Of(CudaFiles.Compiler)} of CUDA 13 is not found: the gradients of norms, activations and pooling run by ONNX Runtime's "
            + "operators, which is slower.";

    /// <summary>The rows that can be used here.</summary>
    /// <param name="deterministic">Whether they always give the same bytes.</param>
    public static IReadOnlyList<KernelRow> Of(bool deterministic) =>
        [.. Library(deterministic), .. CudaLibrary.Has(CudaFiles.Compiler) ? Compiled() : []];

    /// <summary>Whether a row's kernel can compute a node.</summary>
    public static bool Serves(KernelRow row, NodeProto node) =>
        row.Base is not ("ConvGradWeight" or "ConvGradInput")
        || node.Attribute.FirstOrDefault(attribute => attribute.Name == "pads") is not { } pads
        || (pads.Ints is [var top, var left, var bottom, var right] && (top, left) == (bottom, right));

    private static IEnumerable<KernelRow> Library(bool deterministic) =>
    [
        Row("BatchNormTraining", 3, 3, node => new CudnnBatchNormTraining(Epsilon(node))),
        Row("ConvGradWeight", 2, 1, node => new CudnnConvGradWeight(SlidingWindow.Read(node), deterministic)),
        Row("ConvGradInput", 2, 1, node => new CudnnConvGradInput(SlidingWindow.Read(node), SlidingWindow.InputShape(node), deterministic)),
    ];

    private static IEnumerable<KernelRow> Compiled() =>
    [
        Row("BatchNormGrad", 5, 3, node => new CudnnBatchNormGrad(Epsilon(node))),
        Row("SignMul", 2, 1, _ => new CompiledPointwise("sign_mul", 2)),
        Row("Gelu", 1, 1, _ => new CompiledPointwise("gelu", 1)),
        Row("GeluGrad", 2, 1, _ => new CompiledPointwise("gelu_grad", 2)),
        Row(ElementwiseProgram.Base, 0, 0, CompiledElementwise.Create),
        Row("SoftmaxGrad", 2, 1, _ => new CompiledSoftmaxGrad()),
        Row("LayerNormGrad", 3, 3, node => new CompiledLayerNormGrad(Epsilon(node))),
        Row("MaxPoolGrad", 2, 1, node => new CompiledMaxPoolGrad(SlidingWindow.Read(node))),
        Row("AveragePoolGrad", 1, 1, node => new CompiledAveragePoolGrad(
            SlidingWindow.Read(node), SlidingWindow.InputShape(node), node.Int("count_include_pad", 0) != 0)),
    ];

    private static KernelRow Row(string name, int inputs, int outputs, Func<NodeAttributes, IKernel> create) =>
        new(name, inputs, outputs, create) { Provider = Provider };

    private static float Epsilon(NodeAttributes node) => node.Float("epsilon", 1e-5f);
}
