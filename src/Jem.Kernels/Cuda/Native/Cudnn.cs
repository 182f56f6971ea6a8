using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Jem.Shared;

namespace Jem.Kernels.Cuda.Native;

/// <summary>cuDNN 9's calls on float32 tensors, as far as the kernels need them. Handles are bound to their stream already.</summary>
internal static unsafe partial class Cudnn
{
    // Of cudnn_graph.h and cudnn_ops.h.
    private const int Float = 0, Nchw = 0, Nhwc = 1, CrossCorrelation = 1;

    /// <summary>cudnnMathType_t: how factors may be rounded.</summary>
    public enum MathType
    {
        /// <summary>TF32 where the GPU has it.</summary>
        Default = 0,

        /// <summary>float32 alone.</summary>
        Fma = 3,
    }

    /// <summary>cudnnConvolutionBwdFilterAlgoPerf_t and cudnnConvolutionBwdDataAlgoPerf_t, which are laid out alike.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Algorithm
    {
        public int Number;
        public int Status;
        public float Milliseconds;
        public nuint Workspace;
        public int Determinism;
        public int MathType;
        private fixed int _reserved[3];

        /// <summary>CUDNN_DETERMINISTIC.</summary>
        public readonly bool IsDeterministic => Determinism == 1;
    }

    /// <summary>A descriptor of a tensor [N,C,H,W], which lies so or with channels last.</summary>
    public static nint Tensor((int N, int C, int H, int W) shape, bool channelsLast)
    {
        nint tensor;
        Check(cudnnCreateTensorDescriptor(&tensor));
        Check(cudnnSetTensor4dDescriptor(tensor, channelsLast ? Nhwc : Nchw, Float, shape.N, shape.C, shape.H, shape.W));
        return tensor;
    }

    /// <summary>A descriptor of filters [O,C/group,kh,kw], which lie so or with channels last.</summary>
    public static nint Filter((int O, int C, int H, int W) shape, bool channelsLast)
    {
        nint filter;
        Check(cudnnCreateFilterDescriptor(&filter));
        Check(cudnnSetFilter4dDescriptor(filter, Float, channelsLast ? Nhwc : Nchw, shape.O, shape.C, shape.H, shape.W));
        return filter;
    }

    /// <summary>A descriptor of a convolution, whose padding is the same on opposite sides.</summary>
    public static nint Convolution((int H, int W) pad, (int H, int W) stride, (int H, int W) dilation, int group)
    {
        nint convolution;
        Check(cudnnCreateConvolutionDescriptor(&convolution));
        Check(cudnnSetConvolution2dDescriptor(convolution, pad.H, pad.W, stride.H, stride.W, dilation.H, dilation.W, CrossCorrelation, Float));
        Check(cudnnSetConvolutionGroupCount(convolution, group));
        return convolution;
    }

    public static void SetMath(nint convolution, int math) => Check(cudnnSetConvolutionMathType(convolution, math));

    public static void DestroyTensor(nint tensor) => Check(cudnnDestroyTensorDescriptor(tensor));

    public static void DestroyFilter(nint filter) => Check(cudnnDestroyFilterDescriptor(filter));

    public static void DestroyConvolution(nint convolution) => Check(cudnnDestroyConvolutionDescriptor(convolution));

    /// <summary>The algorithms that can compute a convolution, best first: by cuDNN's rule, or by measuring each.</summary>
    public static Algorithm[] ForwardAlgorithms(nint handle, nint x, nint w, nint convolution, nint y, bool measured) => Found(
        measured ? cudnnFindConvolutionForwardAlgorithm : cudnnGetConvolutionForwardAlgorithm_v7, handle, x, w, convolution, y);

    /// <inheritdoc cref="ForwardAlgorithms"/>
    public static Algorithm[] FilterAlgorithms(nint handle, nint x, nint δy, nint convolution, nint δw, bool measured) => Found(
        measured ? cudnnFindConvolutionBackwardFilterAlgorithm : cudnnGetConvolutionBackwardFilterAlgorithm_v7, handle, x, δy, convolution, δw);

    /// <inheritdoc cref="ForwardAlgorithms"/>
    public static Algorithm[] DataAlgorithms(nint handle, nint w, nint δy, nint convolution, nint δx, bool measured) => Found(
        measured ? cudnnFindConvolutionBackwardDataAlgorithm : cudnnGetConvolutionBackwardDataAlgorithm_v7, handle, w, δy, convolution, δx);

    /// <summary>The workspace of an algorithm, in bytes.</summary>
    public static nuint ForwardWorkspace(nint handle, nint x, nint w, nint convolution, nint y, int algorithm)
    {
        nuint bytes;
        Check(cudnnGetConvolutionForwardWorkspaceSize(handle, x, w, convolution, y, algorithm, &bytes));
        return bytes;
    }

    /// <inheritdoc cref="ForwardWorkspace"/>
    public static nuint FilterWorkspace(nint handle, nint x, nint δy, nint convolution, nint δw, int algorithm)
    {
        nuint bytes;
        Check(cudnnGetConvolutionBackwardFilterWorkspaceSize(handle, x, δy, convolution, δw, algorithm, &bytes));
        return bytes;
    }

    /// <inheritdoc cref="ForwardWorkspace"/>
    public static nuint DataWorkspace(nint handle, nint w, nint δy, nint convolution, nint δx, int algorithm)
    {
        nuint bytes;
        Check(cudnnGetConvolutionBackwardDataWorkspaceSize(handle, w, δy, convolution, δx, algorithm, &bytes));
        return bytes;
    }

    /// <summary>A convolution.</summary>
    public static void Forward(
        nint handle, nint x, void* xData, nint w, void* wData, nint convolution, int algorithm, void* workspace, nuint bytes, nint y, void* yData)
    {
        float one = 1, zero = 0;
        Check(cudnnConvolutionForward(handle, &one, x, xData, w, wData, convolution, algorithm, workspace, bytes, &zero, y, yData));
    }

    /// <summary>δw of a convolution.</summary>
    public static void BackwardFilter(
        nint handle, nint x, void* xData, nint δy, void* δyData, nint convolution, int algorithm, void* workspace, nuint bytes, nint δw, void* δwData)
    {
        float one = 1, zero = 0;
        Check(cudnnConvolutionBackwardFilter(handle, &one, x, xData, δy, δyData, convolution, algorithm, workspace, bytes, &zero, δw, δwData));
    }

    /// <summary>δx of a convolution.</summary>
    public static void BackwardData(
        nint handle, nint w, void* wData, nint δy, void* δyData, nint convolution, int algorithm, void* workspace, nuint bytes, nint δx, void* δxData)
    {
        float one = 1, zero = 0;
        Check(cudnnConvolutionBackwardData(handle, &one, w, wData, δy, δyData, convolution, algorithm, workspace, bytes, &zero, δx, δxData));
    }

    private delegate int Search(nint handle, nint first, nint second, nint convolution, nint result, int wanted, int* found, Algorithm* algorithms);

    private static Algorithm[] Found(Search search, nint handle, nint first, nint second, nint convolution, nint result)
    {
        const int Wanted = 8;
        var (algorithms, found) = (new Algorithm[Wanted], 0);
        fixed (Algorithm* list = algorithms)
        {
            Check(search(handle, first, second, convolution, result, Wanted, &found, list), search.Method.Name);
        }

        return algorithms[..found];
    }

    private static void Check(int status, [CallerArgumentExpression(nameof(status))] string call = "") =>
        CudaLibrary.Check(status, call, status == 0 ? null : cudnnGetErrorString(status));

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial byte* cudnnGetErrorString(int status);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnCreateTensorDescriptor(nint* tensor);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnSetTensor4dDescriptor(nint tensor, int format, int type, int n, int c, int h, int w);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnDestroyTensorDescriptor(nint tensor);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnCreateFilterDescriptor(nint* filter);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnSetFilter4dDescriptor(nint filter, int type, int format, int k, int c, int h, int w);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnDestroyFilterDescriptor(nint filter);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnCreateConvolutionDescriptor(nint* convolution);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnSetConvolution2dDescriptor(
        nint convolution, int padH, int padW, int strideH, int strideW, int dilationH, int dilationW, int mode, int type);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnSetConvolutionGroupCount(nint convolution, int group);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnSetConvolutionMathType(nint convolution, int math);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnDestroyConvolutionDescriptor(nint convolution);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnFindConvolutionForwardAlgorithm(
        nint handle, nint x, nint w, nint convolution, nint y, int wanted, int* found, Algorithm* algorithms);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnGetConvolutionForwardAlgorithm_v7(
        nint handle, nint x, nint w, nint convolution, nint y, int wanted, int* found, Algorithm* algorithms);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnFindConvolutionBackwardFilterAlgorithm(
        nint handle, nint x, nint dy, nint convolution, nint dw, int wanted, int* found, Algorithm* algorithms);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnFindConvolutionBackwardDataAlgorithm(
        nint handle, nint w, nint dy, nint convolution, nint dx, int wanted, int* found, Algorithm* algorithms);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnGetConvolutionForwardWorkspaceSize(
        nint handle, nint x, nint w, nint convolution, nint y, int algorithm, nuint* bytes);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnConvolutionForward(
        nint handle, float* alpha, nint xTensor, void* x, nint wFilter, void* w, nint convolution, int algorithm, void* workspace, nuint bytes,
        float* beta, nint yTensor, void* y);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnGetConvolutionBackwardFilterAlgorithm_v7(
        nint handle, nint x, nint dy, nint convolution, nint dw, int wanted, int* found, Algorithm* algorithms);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnGetConvolutionBackwardDataAlgorithm_v7(
        nint handle, nint w, nint dy, nint convolution, nint dx, int wanted, int* found, Algorithm* algorithms);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnGetConvolutionBackwardFilterWorkspaceSize(
        nint handle, nint x, nint dy, nint convolution, nint dw, int algorithm, nuint* bytes);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnGetConvolutionBackwardDataWorkspaceSize(
        nint handle, nint w, nint dy, nint convolution, nint dx, int algorithm, nuint* bytes);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnConvolutionBackwardFilter(
        nint handle, float* alpha, nint xTensor, void* x, nint dyTensor, void* dy, nint convolution, int algorithm, void* workspace, nuint bytes,
        float* beta, nint dwFilter, void* dw);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnConvolutionBackwardData(
        nint handle, float* alpha, nint wFilter, void* w, nint dyTensor, void* dy, nint convolution, int algorithm, void* workspace, nuint bytes,
        float* beta, nint dxTensor, void* dx);
}
