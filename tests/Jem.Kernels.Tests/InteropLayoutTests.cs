using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Jem.Kernels.Cuda.Compiled;
using Jem.Kernels.Cuda.Native;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Tests;

/// <summary>Structs that others read are laid out as their headers say.</summary>
public partial class InteropLayoutTests
{
    // The header of the package that is in use.
    private static readonly string s_header = Read("onnxruntime_c_api.h");

    private static string[] Callbacks => [.. Callback().Matches(Struct("OrtCustomOp")).Select(match => match.Groups["name"].Value)];

    [Test]
    public void An_operator_has_its_callbacks_in_the_order_of_the_header()
    {
        Assert.That(Callbacks, Has.Length.EqualTo(25));
        foreach (var (name, i) in Callbacks.Select((name, i) => (name, i)))
        {
            // Runs of callbacks that we do not have are one field each; another has a shorter name.
            var field = name switch
            {
                "GetVariadicInputMinArity" => "_variadic",
                "GetMayInplace" => "_reuse",
                "InferOutputShapeFn" => "_inferOutputShape",
                _ => $"_{char.ToLowerInvariant(name[0])}{name[1..]}",
            };
            if (typeof(CustomOp).GetField(field, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance) is not null)
            {
                Assert.That(Marshal.OffsetOf<CustomOp>(field), Is.EqualTo((nint)((i + 1) * nint.Size)), name);
            }
            else
            {
                Assert.That(name, Does.Contain("Variadic").Or.Contain("Inplace").Or.Contain("AliasMap"));
            }
        }

        Assert.That(Marshal.OffsetOf<CustomOp>("_name"), Is.EqualTo((nint)((Callbacks.Length + 1) * nint.Size)), "ours begin where theirs end");
    }

    [Test]
    public void The_interface_is_of_the_version_of_the_header() =>
        Assert.That(VersionLine().Match(s_header).Groups["version"].Value, Is.EqualTo($"{OrtNative.ApiVersion}"));

    [TestCase("ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT", 1)]
    public void An_element_type_has_the_number_of_the_header(string name, int number) =>
        Assert.That(Struct("ONNXTensorElementDataType", "typedef enum").Split(',').ToList().FindIndex(line => line.Contains(name)), Is.EqualTo(number));

    // cudnnConvolutionBwdFilterAlgoPerf_t: algo, status, time, memory (size_t), determinism, mathType, reserved[3].
    [TestCase(nameof(Cudnn.Algorithm.Number), 0)]
    [TestCase(nameof(Cudnn.Algorithm.Status), 4)]
    [TestCase(nameof(Cudnn.Algorithm.Milliseconds), 8)]
    [TestCase(nameof(Cudnn.Algorithm.Workspace), 16)]
    [TestCase(nameof(Cudnn.Algorithm.Determinism), 24)]
    [TestCase(nameof(Cudnn.Algorithm.MathType), 28)]
    public void An_algorithm_of_cuDNN_has_its_fields_where_C_has_them(string field, int offset)
    {
        Assert.That(Marshal.OffsetOf<Cudnn.Algorithm>(field), Is.EqualTo((nint)offset));
        Assert.That(Marshal.SizeOf<Cudnn.Algorithm>(), Is.EqualTo(48));
    }

    [Test]
    public void Arguments_of_pooling_are_as_large_as_in_CUDA() =>
        Assert.That((Marshal.SizeOf<PoolWindow>(), Marshal.SizeOf<PoolPlanes>()), Is.EqualTo((10 * 4, 5 * 4)));

    private static string Struct(string name, string kind = "struct")
    {
        var start = s_header.IndexOf($"{kind} {name} {{", StringComparison.Ordinal);
        return s_header[start..s_header.IndexOf("\n}", start, StringComparison.Ordinal)];
    }

    private static string Read(string resource)
    {
        using var reader = new StreamReader(typeof(InteropLayoutTests).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\(ORT_API_CALL\* (?<name>\w+)\)")]
    private static partial Regex Callback();

    [GeneratedRegex(@"#define ORT_API_VERSION (?<version>\d+)")]
    private static partial Regex VersionLine();
}
