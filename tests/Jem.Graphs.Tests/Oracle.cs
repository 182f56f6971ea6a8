using System.Runtime.InteropServices;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;

namespace Jem.Graphs.Tests;

/// <summary>What PyTorch computed: the tensors of a file that the script of the same name wrote (<c>oracles/</c>).</summary>
internal sealed class Oracle
{
    private readonly Dictionary<string, NamedTensor> _tensors;

    public Oracle(string script)
    {
        using var stream = typeof(Oracle).Assembly.GetManifestResourceStream($"{script}.safetensors")!;
        _tensors = Safetensors.Read(stream).ToDictionary(tensor => tensor.Name);
    }

    /// <summary>The names that begin with a prefix, without it.</summary>
    public IEnumerable<string> Under(string prefix) =>
        _tensors.Keys.Where(name => name.StartsWith(prefix)).Select(name => name[prefix.Length..]);

    public Shape Shape(string name) => [.. _tensors[name].Shape];

    public double[] this[string name] => _tensors[name] switch
    {
        { Type: DType.Float } tensor => Array.ConvertAll(tensor.Floats.ToArray(), element => (double)element),
        { Type: DType.Double } tensor => MemoryMarshal.Cast<byte, double>(tensor.Data).ToArray(),
        { Type: DType.Int64 } tensor => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(tensor.Data).ToArray(), element => (double)element),
        { Type: DType.UInt8 } tensor => Array.ConvertAll(tensor.Data, element => (double)element),
        var tensor => throw new NotSupportedException($"{tensor.Name} of {tensor.Type}"),
    };
}
