using System.Collections.Concurrent;
using System.Text;
using Jem.Kernels.Cpu;
using Jem.Kernels.Cpu.Panels;
using Jem.Kernels.Cuda;
using Jem.Kernels.Interop;
using Jem.Kernels.Lowering;
using Jem.Shared;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Jem.Kernels;

/// <summary>
/// Fast kernels for the functions of domain <c>jem</c>, for the processor and for NVIDIA GPUs. A model that carries such a function runs everywhere by its
/// body; a session whose options were given to <see cref="Register(SessionOptions, ModelProto, bool, bool)"/> computes it here instead.
/// </summary>
public static class JemKernels
{
    /// <summary>The domain of the functions.</summary>
    public const string Domain = OnnxFormat.FunctionDomain;

    // ONNX Runtime keeps pointers to operators and domains for as long as any session lives, and nobody tells us when the
    // last one ends. Both are small and few, so they stay: one operator per name and kind, one domain per set of them.
    private static readonly ConcurrentDictionary<string, nint> s_operators = new();
    private static readonly ConcurrentDictionary<string, nint> s_domains = new();

    /// <summary>What a person should know of libraries that the kernels for GPUs lack here, in one sentence; null if all are there.</summary>
    public static string? MissingForCuda => CudaRows.Missing;

    /// <summary>
    /// Gives the sessions of one model a kernel for each of its functions that has one, and for operators that ONNX Runtime
    /// computes slowly: those nodes are changed in the model, which is to be opened with these options.
    /// </summary>
    /// <param name="bf16">
    /// Whether the factors of convolutions and products are rounded to bfloat16, which are multiplied twice as fast; sums, norms and losses stay in
    /// float32. Not with <paramref name="direct"/>.
    /// </param>
    /// <inheritdoc cref="Register(SessionOptions, IEnumerable{string}, bool)"/>
    /// <exception cref="NotSupportedException">
    /// The loaded ONNX Runtime is older than 1.31; or the processor has no instructions for bfloat16 (<see cref="HasBf16"/>).
    /// </exception>
    public static IReadOnlyList<string> Register(SessionOptions options, ModelProto model, bool direct = false, bool bf16 = false) =>
        bf16 && (direct || !HasBf16) ? throw new NotSupportedException(direct
            ? "Convolutions as they are defined are computed in float32: leave out direct, or bf16."
            : "This processor has no AVX512_BF16, which products of bfloat16 need.")
        : Register(options, [.. model.Functions.Select(function => function.Name), .. Passes.Apply(model, direct, bf16)], direct);

    /// <summary>Whether this processor multiplies bfloat16 (AVX512_BF16 of x64, on Linux or Windows).</summary>
    public static bool HasBf16 => Bf16Factors.AreSupported;

    /// <summary>
    /// Gives the sessions made with <paramref name="options"/> a kernel for each of <paramref name="functionNames"/> that has
    /// one. The kernels compute float32 only: leave out functions that the model uses with another type.
    /// </summary>
    /// <param name="options">Options of a session on the CPU. Call once per options.</param>
    /// <param name="functionNames">The functions of domain <c>jem</c> in the model: <c>Base</c> or <c>Base_suffix</c>.</param>
    /// <param name="direct">Whether convolutions are sums of products as they are defined, without Winograd's transforms, whose rounding is larger.</param>
    /// <returns>The names that got a kernel; the others run by their bodies.</returns>
    /// <exception cref="NotSupportedException">The loaded ONNX Runtime is older than 1.31.</exception>
    public static IReadOnlyList<string> Register(SessionOptions options, IEnumerable<string> functionNames, bool direct = false)
    {
        var rows = CpuRows.Of(direct);
        return Register(options, functionNames, name => RowOf(rows, name), direct ? "direct " : "");
    }

    /// <summary>
    /// Gives the sessions of one model on a GPU a kernel for each of its functions that has one, and for operators that gain by it. The execution
    /// provider for CUDA is in the options already.
    /// </summary>
    /// <param name="options">Options of a session on CUDA by ONNX Runtime's own package. Call once per options.</param>
    /// <param name="model">Its nodes are changed.</param>
    /// <param name="deterministic">Whether the same inputs always give the same bytes on the same GPU, ONNX Runtime's operators included.</param>
    /// <param name="channelsLast">Whether images lie with channels last between convolutions, as matrix units read them.</param>
    /// <returns>The names that got a kernel; the others run by their bodies.</returns>
    /// <exception cref="NotSupportedException">The loaded ONNX Runtime is older than 1.31.</exception>
    public static unsafe IReadOnlyList<string> RegisterCuda(
        SessionOptions options, ModelProto model, bool deterministic = false, bool channelsLast = true)
    {
        OrtNative.Require();
        if (deterministic)
        {
            OrtNative.Check(((delegate* unmanaged<nint, byte, nint>)OrtNative.Api.SetDeterministicCompute)(options.DangerousGetHandle(), 1));
        }

        var rows = CudaRows.Of(deterministic);
        var lowered = CudaRows.HasCompiler ? Passes.ApplyCuda(model, channelsLast) : [];
        var nodes = model.Graph.Node.Where(node => node.Domain == Domain).ToLookup(node => node.OpType);
        var names = model.Functions.Select(function => function.Name).Concat(lowered)
            .Where(name => RowOf(rows, name) is { } row && nodes[name].All(CudaRows.IsForCudnn));
        return Register(options, names, name => RowOf(rows, name), deterministic ? "cuda deterministic " : "cuda ");
    }

    internal static KernelRow? RowOf(IEnumerable<KernelRow> rows, string functionName) =>
        rows.FirstOrDefault(row => row.Base == functionName.Split('_', 2)[0])?.Named(functionName);

    internal static unsafe string[] Register(
        SessionOptions options, IEnumerable<string> functionNames, Func<string, KernelRow?> rowOf, string kind)
    {
        string[] names = [.. functionNames.Where(name => rowOf(name) is not null).Distinct().Order(StringComparer.Ordinal)];
        if (names.Length > 0)
        {
            OrtNative.Require();
            var domain = s_domains.GetOrAdd($"{kind}{string.Join(' ', names)}", _ => CreateDomain(names, rowOf, kind));
            var add = (delegate* unmanaged<nint, nint, nint>)OrtNative.Api.AddCustomOpDomain;
            OrtNative.Check(add(options.DangerousGetHandle(), domain));
        }

        return names;
    }

    private static unsafe nint CreateDomain(string[] names, Func<string, KernelRow?> rowOf, string kind)
    {
        nint domain;
        fixed (byte* text = Encoding.UTF8.GetBytes(Domain + '\0'))
        {
            OrtNative.Check(((delegate* unmanaged<byte*, nint*, nint>)OrtNative.Api.CreateCustomOpDomain)(text, &domain));
        }

        foreach (var name in names)
        {
            var op = s_operators.GetOrAdd($"{kind}{name}", _ => (nint)CustomOp.Create(name, rowOf(name)!));
            OrtNative.Check(((delegate* unmanaged<nint, nint, nint>)OrtNative.Api.CustomOpDomain_Add)(domain, op));
        }

        return domain;
    }
}
