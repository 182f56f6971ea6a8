using Jem.Kernels.Cpu;
using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Norm;

/// <summary>What batch norm and its gradient have in common: cuDNN's descriptors of x and of a number per channel, made at the first call.</summary>
internal abstract class CudnnBatchNorm : IKernel, IDisposable
{
    private readonly Lock _lock = new();
    private (nint X, nint Channels) _descriptors;

    public abstract void Run(KernelContext context);

    public void Dispose()
    {
        if (_descriptors.X != 0)
        {
            Cudnn.DestroyTensor(_descriptors.X);
            Cudnn.DestroyTensor(_descriptors.Channels);
        }
    }

    /// <summary>The descriptors of x, seen as [N,C,1,inner], and of [1,C,1,1].</summary>
    protected (nint X, nint Channels) Describe(Channels channels)
    {
        lock (_lock)
        {
            if (_descriptors.X == 0)
            {
                _descriptors = (Cudnn.Tensor(channels.N, channels.C, 1, channels.Inner), Cudnn.Tensor(1, channels.C, 1, 1));
            }

            return _descriptors;
        }
    }
}
