using System.Collections.Concurrent;
using System.Text;
using Jem.Kernels.Cpu.Conv;
using Jem.Kernels.Cpu.Elementwise;
using Jem.Kernels.Cpu.Norm;
using Jem.Kernels.Cpu.Pool;
using Jem.Kernels.Interop;
using Jem.Shared;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Jem.Kernels;

/// <summary>
/// Fast CPU kernels for the functions of domain <c>jem</c>. A model that carries such a function runs everywhere by its
/// body; a session whose options were given to <see cref="Register(SessionOptions, ModelProto)"/> computes it here instead.
/// </summary>
public static class JemKernels
{
    /// <summary>The domain of the functions.</summary>
    public const string Domain = OnnxFormat.FunctionDomain;

    private static readonly KernelRow[] s_rows =
    [
        new("BatchNormTraining", 3, 3, BatchNormTraining.Create),
        new("BatchNormGrad", 5, 3, BatchNormGrad.Create),
        new("ConvGradWeight", 2, 1, ConvGradWeight.Create),
        new("ConvGradInput", 2, 1, ConvGradInput.Create),
        new("Conv", 2, 1, ConvForward.Create),
        new("SignMul", 2, 1, SignMul.Create),
        new("MaxPoolGrad", 2, 1, MaxPoolGrad.Create),
        new("AveragePoolGrad", 1, 1, AveragePoolGrad.Create),
    ];

    // ONNX Runtime keeps pointers to operators and domains for as long as any session lives, and nobody tells us when the
    // last one ends. Both are small and few, so they stay: one operator per name, one domain per set of names.
    private static readonly ConcurrentDictionary<string, nint> s_operators = new();
    private static readonly ConcurrentDictionary<string, nint> s_domains = new();

    /// <summary>
    /// Gives the sessions of one model a kernel for each of its functions that has one, and for operators that ONNX Runtime
    /// computes slowly: those nodes are changed in the model, which is to be opened with these options.
    /// </summary>
    /// <inheritdoc cref="Register(SessionOptions, IEnumerable{string})"/>
    public static IReadOnlyList<string> Register(SessionOptions options, ModelProto model) =>
        Register(options, [.. model.Functions.Select(function => function.Name), .. Lowering.Apply(model)]);

    /// <summary>
    /// Gives the sessions made with <paramref name="options"/> a kernel for each of <paramref name="functionNames"/> that has
    /// one. The kernels compute float32 only: leave out functions that the model uses with another type.
    /// </summary>
    /// <param name="options">Options of a session on the CPU. Call once per options.</param>
    /// <param name="functionNames">The functions of domain <c>jem</c> in the model: <c>Base</c> or <c>Base_suffix</c>.</param>
    /// <returns>The names that got a kernel; the others run by their bodies.</returns>
    /// <exception cref="NotSupportedException">The loaded ONNX Runtime is older than 1.31.</exception>
    public static unsafe IReadOnlyList<string> Register(SessionOptions options, IEnumerable<string> functionNames)
    {
        string[] names = [.. functionNames.Where(name => RowOf(name) is not null).Distinct().Order(StringComparer.Ordinal)];
        if (names.Length > 0)
        {
            OrtNative.Require();
            var domain = s_domains.GetOrAdd(string.Join(' ', names), _ => CreateDomain(names));
            var add = (delegate* unmanaged<nint, nint, nint>)OrtNative.Api.AddCustomOpDomain;
            OrtNative.Check(add(options.DangerousGetHandle(), domain));
        }

        return names;
    }

    private static KernelRow? RowOf(string functionName) =>
        Array.Find(s_rows, row => row.Base == functionName.Split('_', 2)[0]);

    private static unsafe nint CreateDomain(string[] names)
    {
        nint domain;
        fixed (byte* text = Encoding.UTF8.GetBytes(Domain + '\0'))
        {
            OrtNative.Check(((delegate* unmanaged<byte*, nint*, nint>)OrtNative.Api.CreateCustomOpDomain)(text, &domain));
        }

        foreach (var name in names)
        {
            var op = s_operators.GetOrAdd(name, name => (nint)CustomOp.Create(name, RowOf(name)!));
            OrtNative.Check(((delegate* unmanaged<nint, nint, nint>)OrtNative.Api.CustomOpDomain_Add)(domain, op));
        }

        return domain;
    }
}
