using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Jem.Shared;

namespace Jem.Kernels.Cuda.Native;

/// <summary>cuDNN 9's calls on float32 tensors in NCHW, as far as the kernels need them. Handles are bound to their stream already.</summary>
internal static unsafe partial class Cudnn
{
    // Of cudnn_graph.h and cudnn_ops.h.
    private const int Float = 0, Nchw = 0, CrossCorrelation = 1, Spatial = 1;

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

    /// <summary>A descriptor of a tensor [N,C,H,W].</summary>
    public static nint Tensor(int n, int c, int h, int w)
    {
        nint tensor;
        Check(cudnnCreateTensorDescriptor(&tensor));
        Check(cudnnSetTensor4dDescriptor(tensor, Nchw, Float, n, c, h, w));
        return tensor;
    }

    /// <summary>A descriptor of filters [O,C/group,kh,kw].</summary>
    public static nint Filter(int o, int c, int h, int w)
    {
        nint filter;
        Check(cudnnCreateFilterDescriptor(&filter));
        Check(cudnnSetFilter4dDescriptor(filter, Float, Nchw, o, c, h, w));
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

    /// <summary>The algorithms that can compute a gradient, best first by a rule that does not measure.</summary>
    public static Algorithm[] FilterAlgorithms(nint handle, nint x, nint δy, nint convolution, nint δw)
    {
        const int Wanted = 8;
        var (algorithms, found) = (new Algorithm[Wanted], 0);
        fixed (Algorithm* first = algorithms)
        {
            Check(cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle, x, δy, convolution, δw, Wanted, &found, first));
        }

        return algorithms[..found];
    }

    /// <inheritdoc cref="FilterAlgorithms"/>
    public static Algorithm[] DataAlgorithms(nint handle, nint w, nint δy, nint convolution, nint δx)
    {
        const int Wanted = 8;
        var (algorithms, found) = (new Algorithm[Wanted], 0);
        fixed (Algorithm* first = algorithms)
        {
            Check(cudnnGetConvolutionBackwardDataAlgorithm_v7(handle, w, δy, convolution, δx, Wanted, &found, first));
        }

        return algorithms[..found];
    }

    /// <summary>The workspace of an algorithm, in bytes.</summary>
    public static nuint FilterWorkspace(nint handle, nint x, nint δy, nint convolution, nint δw, int algorithm)
    {
        nuint bytes;
        Check(cudnnGetConvolutionBackwardFilterWorkspaceSize(handle, x, δy, convolution, δw, algorithm, &bytes));
        return bytes;
    }

    /// <inheritdoc cref="FilterWorkspace"/>
    public static nuint DataWorkspace(nint handle, nint w, nint δy, nint convolution, nint δx, int algorithm)
    {
        nuint bytes;
        Check(cudnnGetConvolutionBackwardDataWorkspaceSize(handle, w, δy, convolution, δx, algorithm, &bytes));
        return bytes;
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

    /// <summary>
    /// Normalises a batch by its own moments, and gives its mean and its unbiased variance. Where these go zeros must stand: cuDNN averages with
    /// what is there, at weight 0.
    /// </summary>
    public static void NormalizeBatch(
        nint handle, nint x, void* xData, void* yData, nint channels, void* scale, void* bias, double epsilon, void* mean, void* variance)
    {
        float one = 1, zero = 0;
        Check(cudnnBatchNormalizationForwardTraining(
            handle, Spatial, &one, &zero, x, xData, x, yData, channels, scale, bias, 1, mean, variance, epsilon, null, null));
    }

    /// <summary>The gradients of <see cref="NormalizeBatch"/>.</summary>
    /// <param name="inverse">1/√(variance + epsilon), of the biased variance.</param>
    public static void NormalizeBatchBackward(
        nint handle, nint x, void* xData, void* δyData, void* δxData, nint channels, void* scale, void* δscale, void* δbias, double epsilon,
        void* mean, void* inverse)
    {
        float one = 1, zero = 0;
        Check(cudnnBatchNormalizationBackward(
            handle, Spatial, &one, &zero, &one, &zero, x, xData, x, δyData, x, δxData, channels, scale, δscale, δbias, epsilon, mean, inverse));
    }

    /// <summary>Multiplies a tensor by a number, in place.</summary>
    public static void Scale(nint handle, nint tensor, void* data, float factor) => Check(cudnnScaleTensor(handle, tensor, data, &factor));

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

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnBatchNormalizationForwardTraining(
        nint handle, int mode, float* alpha, float* beta, nint xTensor, void* x, nint yTensor, void* y, nint channels, void* scale, void* bias,
        double factor, void* runningMean, void* runningVariance, double epsilon, void* saveMean, void* saveInverse);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnBatchNormalizationBackward(
        nint handle, int mode, float* alphaData, float* betaData, float* alphaParameters, float* betaParameters, nint xTensor, void* x, nint dyTensor,
        void* dy, nint dxTensor, void* dx, nint channels, void* scale, void* dscale, void* dbias, double epsilon, void* savedMean, void* savedInverse);

    [LibraryImport(CudaFiles.Cudnn)]
    private static partial int cudnnScaleTensor(nint handle, nint tensor, void* y, float* alpha);
}
