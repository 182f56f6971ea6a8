using System.Diagnostics;
using System.Runtime.InteropServices;
using Jem.Kernels;
using Jem.Kernels.Cuda;
using Jem.Kernels.Cuda.Compiled;
using Jem.Kernels.Interop;
using Jem.Shared;

namespace Jem.Tests.Cuda;

/// <summary>Libraries in the place of CUDA's, which compute on the processor: the kernels for GPUs run through to their calls.</summary>
internal static class CudaStandIn
{
    private static readonly Lazy<bool> s_loaded = new(Load);

    /// <summary>Puts them there; the test is passed over where there is no compiler for C++.</summary>
    public static void Require()
    {
        if (!s_loaded.Value)
        {
            Assert.Ignore("There is no g++.");
        }
    }

    /// <summary>The rows of the GPU's kernels, for sessions on the processor.</summary>
    public static IReadOnlyList<KernelRow> Rows(bool deterministic = false)
    {
        Require();
        return [.. CudaRows.Of(deterministic).Select(row => row with { Provider = null })];
    }

    // The system finds a library that is loaded by the name that it gave itself.
    private static bool Load()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("kernels.cu"), CompiledKernels.Source);
        var here = Path.Combine(Repository.Root, "tests", "Shared", "Cuda");
        var compiled = folder.At("stand-in.o");
        try
        {
            Run(
                "-c", "-fPIC", "-std=c++17", "-O1", "-Wall", "-Wno-unknown-pragmas", "-Werror", $"-I{folder.Path}", $"-I{here}",
                "-o", compiled, Path.Combine(here, "stand-in.cpp"));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }

        foreach (var library in new[] { CudaFiles.Runtime, CudaFiles.Driver, CudaFiles.Compiler, CudaFiles.Cudnn })
        {
            var file = folder.At(CudaFiles.Of(library)!);
            Run("-shared", "-pthread", $"-Wl,-soname,{Path.GetFileName(file)}", "-o", file, compiled);
            NativeLibrary.Load(file);
        }

        CudaCall.OnHost = true;
        return true;
    }

    private static void Run(params string[] arguments)
    {
        using var compiler = Process.Start(new ProcessStartInfo("g++", arguments))!;
        compiler.WaitForExit();
        Assert.That(compiler.ExitCode, Is.Zero, "stand-in.cpp does not compile");
    }
}
