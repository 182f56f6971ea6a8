using System.Text;

namespace Jem.Kernels.Interop;

/// <summary>What a kernel on the GPU has besides its tensors, whose data are then in the GPU's memory: ONNX Runtime's own stream and handles.</summary>
internal readonly unsafe struct CudaCall(nint context)
{
    // OrtCudaResource of onnxruntime's cuda_resource.h, whose version is 3.
    private const int ResourceVersion = 3, CudnnHandle = 10001, UseTf32 = 10011;

    private static readonly Lazy<nint> s_memory = new(DeviceMemory);

    /// <summary>Set by tests that put libraries in CUDA's place which compute in the processor's memory.</summary>
    internal static bool OnHost { get; set; }

    /// <summary>The stream on which ONNX Runtime computes (cudaStream_t).</summary>
    public nint Stream
    {
        get
        {
            nint stream = 0;
            if (OnHost)
            {
                return stream;
            }

            OrtNative.Check(((delegate* unmanaged<nint, nint*, nint>)OrtNative.Api.KernelContext_GetGPUComputeStream)(context, &stream));
            return stream;
        }
    }

    /// <summary>ONNX Runtime's cudnnHandle_t, which is bound to <see cref="Stream"/>.</summary>
    public nint Cudnn => OnHost ? 1
        : Resource(CudnnHandle) is not 0 and var handle ? handle
        : throw new InvalidOperationException("ONNX Runtime has no handle of cuDNN.");

    /// <summary>Whether products may round their factors to TF32.</summary>
    public bool Tf32 => !OnHost && Resource(UseTf32) != 0;

    /// <summary>Memory of the GPU that is free again when it is disposed of, for later work of the same stream.</summary>
    /// <param name="bytes">0 gives no memory.</param>
    public CudaScratch Scratch(nuint bytes)
    {
        if (bytes == 0)
        {
            return default;
        }

        nint allocator;
        OrtNative.Check(((delegate* unmanaged<nint, nint, nint*, nint>)OrtNative.Api.KernelContext_GetAllocator)(context, s_memory.Value, &allocator));
        try
        {
            void* memory;

            // Unlike the allocator itself, this names the stream, whose freed memory it may then take.
            var get = (delegate* unmanaged<nint, nint, nuint, void**, nint>)OrtNative.Api.KernelContext_GetScratchBuffer;
            OrtNative.Check(get(context, s_memory.Value, bytes, &memory));
            return new CudaScratch(allocator, memory);
        }
        catch
        {
            Release(allocator);
            throw;
        }
    }

    internal static void Release(nint allocator) => ((delegate* unmanaged<nint, void>)OrtNative.Api.ReleaseAllocator)(allocator);

    private nint Resource(int id)
    {
        nint resource = 0;
        var get = (delegate* unmanaged<nint, int, int, nint*, nint>)OrtNative.Api.KernelContext_GetResource;
        OrtNative.Check(get(context, ResourceVersion, id, &resource));
        return resource;
    }

    private static nint DeviceMemory()
    {
        const int DeviceAllocator = 0, FirstDevice = 0, DefaultMemory = 0;
        nint info;
        fixed (byte* name = Encoding.UTF8.GetBytes(OnHost ? "Cpu\0" : "Cuda\0"))
        {
            var create = (delegate* unmanaged<byte*, int, int, int, nint*, nint>)OrtNative.Api.CreateMemoryInfo;
            OrtNative.Check(create(name, DeviceAllocator, FirstDevice, DefaultMemory, &info));
        }

        return info;
    }
}

/// <summary>What <see cref="CudaCall.Scratch"/> gives.</summary>
internal readonly unsafe ref struct CudaScratch(nint allocator, void* memory)
{
    public void* Data => memory;

    public void Dispose()
    {
        if (allocator != 0)
        {
            OrtNative.Check(((delegate* unmanaged<nint, void*, nint>)OrtNative.Api.AllocatorFree)(allocator, memory));
            CudaCall.Release(allocator);
        }
    }
}
