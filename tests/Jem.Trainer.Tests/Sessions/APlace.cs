using Jem.Tests.Cuda;
using Jem.Trainer.Sessions;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Trainer.Tests.Sessions;

/// <summary>Where a program runs, as far as that can be had on any machine.</summary>
public enum Place
{
    Host,

    /// <summary>The processor, to and from which is copied as if its memory were a device's.</summary>
    Copied,

    /// <summary>The processor behind the streams of a GPU: <see cref="CudaStandIn"/> has its memory and does the copies, as late as may be.</summary>
    Streams,
}

internal static class APlace
{
    /// <param name="onHost">Inputs that lie in the computer's memory all the same.</param>
    public static Device Device(Place place, params string[] onHost)
    {
        if (place == Place.Streams)
        {
            CudaStandIn.Require();
        }

        return new Device(new DeviceOptions { Threads = 1 })
        {
            Memory = place == Place.Host ? null : new OrtMemoryInfo("Cpu", OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default),
            HasStreams = place == Place.Streams,
            OnHost = onHost.ToHashSet(),
        };
    }
}
