using System.Runtime.InteropServices;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>The struct <c>Window</c> of pooling.cu.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PoolWindow(
    int KernelHeight, int KernelWidth, int StrideHeight, int StrideWidth, int Top, int Left, int Bottom, int Right, int DilationHeight, int DilationWidth)
{
    public static PoolWindow Of(SlidingWindow window) => new(
        window.KernelHeight, window.KernelWidth, window.StrideHeight, window.StrideWidth, window.Top, window.Left, window.Bottom, window.Right,
        window.DilationHeight, window.DilationWidth);
}

/// <summary>The struct <c>Planes</c> of pooling.cu.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PoolPlanes(int Height, int Width, int OutHeight, int OutWidth, int Adjacent = 1);
