using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Jem.Kernels.Interop;

/// <summary>
/// An operator as ONNX Runtime sees it: OrtCustomOp of onnxruntime_c_api.h (version 31), every field in its order,
/// followed by two fields of ours that the callbacks read. ONNX Runtime keeps the address as long as a session lives,
/// so the struct is allocated once per operator name and never freed.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CustomOp
{
    private const int Float32 = 1; // ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT

    private uint _version;
    private nint _createKernel; // superseded by V2, which can answer with an error
    private delegate* unmanaged<CustomOp*, nint> _getName;
    private delegate* unmanaged<CustomOp*, nint> _getExecutionProviderType;
    private delegate* unmanaged<CustomOp*, nuint, int> _getInputType;
    private delegate* unmanaged<CustomOp*, nuint> _getInputTypeCount;
    private delegate* unmanaged<CustomOp*, nuint, int> _getOutputType;
    private delegate* unmanaged<CustomOp*, nuint> _getOutputTypeCount;
    private nint _kernelCompute; // superseded by V2
    private delegate* unmanaged<nint, void> _kernelDestroy;
    private delegate* unmanaged<CustomOp*, nuint, int> _getInputCharacteristic;
    private delegate* unmanaged<CustomOp*, nuint, int> _getOutputCharacteristic;
    private delegate* unmanaged<CustomOp*, nuint, int> _getInputMemoryType;
    private fixed long _variadic[4]; // four callbacks about variadic inputs and outputs, of which there are none
    private delegate* unmanaged<CustomOp*, nint, nint, nint*, nint> _createKernelV2;
    private delegate* unmanaged<nint, nint, nint> _kernelComputeV2;
    private nint _inferOutputShape;
    private delegate* unmanaged<CustomOp*, int> _getStartVersion;
    private delegate* unmanaged<CustomOp*, int> _getEndVersion;
    private fixed long _reuse[4]; // four callbacks about outputs that share memory with inputs

    private nint _name;
    private nint _row; // GCHandle of the KernelRow
    private nint _provider; // 0 is the processor's

    /// <summary>Makes the operator <paramref name="name"/> that is computed by kernels of <paramref name="row"/>.</summary>
    internal static CustomOp* Create(string name, KernelRow row)
    {
        var op = (CustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(CustomOp));
        op->_version = OrtNative.ApiVersion;
        op->_getName = &Name;
        op->_getExecutionProviderType = &Provider;
        op->_getInputType = &TensorType;
        op->_getInputTypeCount = &InputCount;
        op->_getOutputType = &TensorType;
        op->_getOutputTypeCount = &OutputCount;
        op->_kernelDestroy = &Destroy;
        op->_getInputCharacteristic = &Required;
        op->_getOutputCharacteristic = &Required;
        op->_getInputMemoryType = &DefaultMemory;
        op->_createKernelV2 = &CreateKernel;
        op->_kernelComputeV2 = &Compute;
        op->_getStartVersion = &StartVersion;
        op->_getEndVersion = &EndVersion;
        op->_name = Marshal.StringToCoTaskMemUTF8(name);
        op->_row = GCHandle.ToIntPtr(GCHandle.Alloc(row));
        op->_provider = Marshal.StringToCoTaskMemUTF8(row.Provider);
        return op;
    }

    private static T Target<T>(nint handle) => (T)GCHandle.FromIntPtr(handle).Target!;

    [UnmanagedCallersOnly]
    private static nint Name(CustomOp* op) => op->_name;

    [UnmanagedCallersOnly]
    private static nint Provider(CustomOp* op) => op->_provider;

    [UnmanagedCallersOnly]
    private static int TensorType(CustomOp* op, nuint index) => Float32;

    [UnmanagedCallersOnly]
    private static nuint InputCount(CustomOp* op) => (nuint)Target<KernelRow>(op->_row).Inputs;

    [UnmanagedCallersOnly]
    private static nuint OutputCount(CustomOp* op) => (nuint)Target<KernelRow>(op->_row).Outputs;

    [UnmanagedCallersOnly]
    private static int Required(CustomOp* op, nuint index) => 0;

    [UnmanagedCallersOnly]
    private static int DefaultMemory(CustomOp* op, nuint index) => 0;

    [UnmanagedCallersOnly]
    private static int StartVersion(CustomOp* op) => 1;

    [UnmanagedCallersOnly]
    private static int EndVersion(CustomOp* op) => int.MaxValue;

    [UnmanagedCallersOnly]
    private static nint CreateKernel(CustomOp* op, nint api, nint info, nint* kernel) => Guarded(
        Marshal.PtrToStringUTF8(op->_name)!,
        () => *kernel = GCHandle.ToIntPtr(GCHandle.Alloc(new Instance(
            Marshal.PtrToStringUTF8(op->_name)!, Target<KernelRow>(op->_row).Create(new NodeAttributes(info))))));

    [UnmanagedCallersOnly]
    private static nint Compute(nint kernel, nint context)
    {
        var instance = Target<Instance>(kernel);
        return Guarded(instance.Name, () => instance.Kernel.Run(new KernelContext(context)));
    }

    [UnmanagedCallersOnly]
    private static void Destroy(nint kernel)
    {
        // What a library's descriptors hold is little, and nobody hears of an error here.
        _ = OrtNative.Succeeded(Guarded("", () => (Target<Instance>(kernel).Kernel as IDisposable)?.Dispose()));
        GCHandle.FromIntPtr(kernel).Free();
    }

    // An exception must not unwind through ONNX Runtime's frames: it becomes a status.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Guarded(string name, Action action)
    {
        try
        {
            action();
            return 0;
        }
#pragma warning disable CA1031 // Whatever a kernel throws is reported by ONNX Runtime.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return OrtNative.Status(new InvalidOperationException($"{JemKernels.Domain}.{name}: {error.Message}", error));
        }
    }

    private sealed record Instance(string Name, IKernel Kernel);
}
