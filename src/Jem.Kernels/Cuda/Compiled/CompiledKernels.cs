using System.Collections.Concurrent;
using Jem.Kernels.Cuda.Native;

namespace Jem.Kernels.Cuda.Compiled;

/// <summary>The kernels of <c>kernels.cu</c>, compiled for the GPU when the first is needed.</summary>
internal static unsafe class CompiledKernels
{
    private static readonly ConcurrentDictionary<string, nint> s_functions = new();

    /// <summary>CUDA C++.</summary>
    public static string Source { get; } = Read();

    private static readonly Lazy<CudaModule> s_module = new(() => new CudaModule(CudaCompiler.Compile(Source, CudaRuntime.Architecture())));

    /// <summary>Runs a kernel over elements.</summary>
    /// <param name="name">Its name in <see cref="Source"/>.</param>
    /// <param name="arguments">The addresses of its arguments but the last, which is the number of elements.</param>
    public static void Run(string name, long elements, nint stream, params ReadOnlySpan<nint> arguments)
    {
        if (elements == 0)
        {
            return;
        }

        var all = stackalloc void*[arguments.Length + 1];
        for (var i = 0; i < arguments.Length; i++)
        {
            all[i] = (void*)arguments[i];
        }

        all[arguments.Length] = &elements;
        CudaModule.Launch(s_functions.GetOrAdd(name, name => s_module.Value.Function(name)), elements, stream, all);
    }

    private static string Read()
    {
        using var source = typeof(CompiledKernels).Assembly.GetManifestResourceStream("kernels.cu")!;
        using var reader = new StreamReader(source);
        return reader.ReadToEnd();
    }
}
