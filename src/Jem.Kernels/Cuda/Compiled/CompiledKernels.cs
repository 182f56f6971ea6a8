using System.Collections.Concurrent;
using Jem.Kernels.Cuda.Native;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>The kernels of the files <c>*.cu</c>, compiled for the GPU when the first is needed.</summary>
internal static unsafe class CompiledKernels
{
    /// <summary>The threads of a block.</summary>
    public const int Threads = 256;

    // Of a grid's x on every architecture: kernels go on from there in strides.
    private const uint MostBlocks = 65535;

    private static readonly string[] s_files = ["elements.cu", "pointwise.cu", "norms.cu", "rows.cu", "layouts.cu", "pooling.cu"];

    private static readonly ConcurrentDictionary<string, nint> s_functions = new();

    /// <summary>CUDA C++.</summary>
    public static string Source { get; } = string.Concat(s_files.Select(Read));

    private static readonly Lazy<CudaModule> s_module = new(() => new CudaModule(CudaCompiler.Compile(Source, CudaRuntime.Architecture())));

    /// <summary>Runs a kernel over elements.</summary>
    /// <param name="name">Its name in <see cref="Source"/>.</param>
    /// <param name="arguments">The addresses of its arguments but the last, which is the number of elements.</param>
    public static void Run(string name, long elements, nint stream, params ReadOnlySpan<nint> arguments)
    {
        if (elements > 0)
        {
            Launch(name, (Blocks(elements), 1, 1), stream, [.. arguments, (nint)(&elements)]);
        }
    }

    /// <summary>Runs a kernel by a grid of blocks of <see cref="Threads"/> threads.</summary>
    /// <param name="arguments">The addresses of its arguments.</param>
    public static void Launch(string name, (uint X, uint Y, uint Z) grid, nint stream, params ReadOnlySpan<nint> arguments)
    {
        fixed (nint* all = arguments)
        {
            CudaModule.Launch(s_functions.GetOrAdd(name, name => s_module.Value.Function(name)), grid, Threads, stream, (void**)all);
        }
    }

    /// <summary>Blocks for so many elements.</summary>
    public static uint Blocks(long elements) => (uint)Math.Clamp((elements + Threads - 1) / Threads, 1, MostBlocks);

    private static string Read(string file)
    {
        using var source = typeof(CompiledKernels).Assembly.GetManifestResourceStream(file)!;
        using var reader = new StreamReader(source);
        return reader.ReadToEnd();
    }
}
