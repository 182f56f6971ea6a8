using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Jem.Kernels.Interop;

/// <summary>One call of a kernel: its inputs, its outputs and ONNX Runtime's thread pool.</summary>
internal readonly unsafe struct KernelContext(nint context)
{
    /// <summary>The float32 input at <paramref name="index"/>.</summary>
    public Tensor Input(int index)
    {
        nint value, info;
        OrtNative.Check(((delegate* unmanaged<nint, nuint, nint*, nint>)OrtNative.Api.KernelContext_GetInput)(context, (nuint)index, &value));
        OrtNative.Check(((delegate* unmanaged<nint, nint*, nint>)OrtNative.Api.GetTensorTypeAndShape)(value, &info));
        try
        {
            nuint rank;
            OrtNative.Check(((delegate* unmanaged<nint, nuint*, nint>)OrtNative.Api.GetDimensionsCount)(info, &rank));
            var dims = new long[rank];
            fixed (long* first = dims)
            {
                OrtNative.Check(((delegate* unmanaged<nint, long*, nuint, nint>)OrtNative.Api.GetDimensions)(info, first, rank));
            }

            return new Tensor(Data(value), Array.ConvertAll(dims, dim => checked((int)dim)));
        }
        finally
        {
            ((delegate* unmanaged<nint, void>)OrtNative.Api.ReleaseTensorTypeAndShapeInfo)(info);
        }
    }

    /// <summary>Allocates the float32 output at <paramref name="index"/>; its contents are undefined.</summary>
    public Tensor Output(int index, params int[] shape)
    {
        nint value;
        var dims = Array.ConvertAll(shape, dim => (long)dim);
        fixed (long* first = dims)
        {
            var get = (delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)OrtNative.Api.KernelContext_GetOutput;
            OrtNative.Check(get(context, (nuint)index, first, (nuint)dims.Length, &value));
        }

        return new Tensor(Data(value), shape);
    }

    /// <summary>Runs a loop on ONNX Runtime's threads; see <see cref="Kernels.ParallelFor"/>.</summary>
    public void ParallelFor(int count, Action<int> body)
    {
        var loop = new Loop(body);
        var handle = GCHandle.Alloc(loop);
        try
        {
            var run = (delegate* unmanaged<nint, delegate* unmanaged<nint, nuint, void>, nuint, nuint, nint, nint>)
                OrtNative.Api.KernelContext_ParallelFor;
            OrtNative.Check(run(context, &Iterate, (nuint)count, 0, GCHandle.ToIntPtr(handle)));
        }
        finally
        {
            handle.Free();
        }

        loop.Error?.Throw();
    }

    /// <summary>What a kernel on a GPU has besides.</summary>
    public CudaCall Cuda => new(context);

    private static float* Data(nint value)
    {
        float* data;
        OrtNative.Check(((delegate* unmanaged<nint, float**, nint>)OrtNative.Api.GetTensorMutableData)(value, &data));
        return data;
    }

    // An exception must not unwind through ONNX Runtime's frames: it is carried to the calling thread.
    [UnmanagedCallersOnly]
    private static void Iterate(nint handle, nuint index)
    {
        var loop = (Loop)GCHandle.FromIntPtr(handle).Target!;
        try
        {
            loop.Body((int)index);
        }
#pragma warning disable CA1031 // Whatever the body throws is rethrown by ParallelFor.
        catch (Exception error)
#pragma warning restore CA1031
        {
            loop.Error = ExceptionDispatchInfo.Capture(error);
        }
    }

    private sealed class Loop(Action<int> body)
    {
        public Action<int> Body => body;

        public ExceptionDispatchInfo? Error { get; set; }
    }
}
