using System.Numerics;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>The rows of a tensor, for the kernels of rows.cu.</summary>
internal readonly unsafe record struct CompiledRows(long Count, int Width)
{
    private const int NumbersOfThread = 8;

    /// <summary>Along the last axis.</summary>
    public static CompiledRows Of(Tensor tensor) => new(tensor.Count / tensor.Shape[^1], tensor.Shape[^1]);

    /// <summary>The threads that have a row together: as many as get some numbers each.</summary>
    public int Lanes => Math.Min((int)BitOperations.RoundUpToPowerOf2((uint)(Width + NumbersOfThread - 1) / NumbersOfThread), CompiledKernels.Threads);

    /// <summary>Runs a kernel over the rows.</summary>
    /// <param name="arguments">The addresses of its arguments but the last three, which are the width, the lanes and the number of rows.</param>
    public void Run(string name, nint stream, params ReadOnlySpan<nint> arguments)
    {
        var (count, width, lanes) = (Count, Width, Lanes);
        CompiledKernels.Launch(
            name, (CompiledKernels.Blocks(count * lanes), 1, 1), stream, [.. arguments, (nint)(&width), (nint)(&lanes), (nint)(&count)]);
    }
}
