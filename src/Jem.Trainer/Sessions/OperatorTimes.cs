using System.Text.Json;

namespace Jem.Trainer.Sessions;

/// <summary>What the operators of a step took, by ONNX Runtime's own profile.</summary>
/// <param name="Operator">Its name; a function's without its number.</param>
/// <param name="Calls">In a step.</param>
/// <param name="Milliseconds">Of all calls in a step.</param>
public sealed record OperatorTimes(string Operator, int Calls, double Milliseconds)
{
    private const string KernelTime = "_kernel_time";

    /// <summary>Reads a profile: the slowest operator first.</summary>
    /// <param name="file">The JSON that ONNX Runtime wrote.</param>
    /// <param name="warmUp">Steps at the beginning that do not count.</param>
    /// <param name="steps">Steps that do.</param>
    public static IReadOnlyList<OperatorTimes> Read(string file, int warmUp, int steps) =>
    [
        .. Nodes(file, warmUp, steps)
            .GroupBy(node => node.Operator)
            .Select(group => new OperatorTimes(group.Key, group.Sum(node => node.Calls), group.Sum(node => node.Milliseconds.Average())))
            .OrderByDescending(row => row.Milliseconds),
    ];

    /// <summary>Reads a profile node by node, in the order in which they ran.</summary>
    /// <inheritdoc cref="Read"/>
    internal static IReadOnlyList<NodeTimes> Nodes(string file, int warmUp, int steps)
    {
        using var events = JsonDocument.Parse(File.ReadAllBytes(file));
        return
        [
            .. events.RootElement.EnumerateArray()
                .Where(each => each.GetProperty("cat").GetString() == "Node")
                .Select(each => (Name: each.GetProperty("name").GetString()!, Event: each))
                .Where(each => each.Name.EndsWith(KernelTime, StringComparison.Ordinal))
                .GroupBy(each => each.Name[..^KernelTime.Length], each => each.Event)
                .Select(node => Node(node.Key, [.. node], warmUp, steps)),
        ];
    }

    // Steps come in their order: each node's occurrences count them.
    private static NodeTimes Node(string name, List<JsonElement> events, int warmUp, int steps)
    {
        var (calls, about) = (Math.Max(1, events.Count / (warmUp + steps)), events[0].GetProperty("args"));
        return new NodeTimes(
            name,
            about.GetProperty("op_name").GetString()!.Split('_')[0],
            calls,
            [.. Enumerable.Range(warmUp, steps)
                .Select(step => events.Skip(step * calls).Take(calls).Sum(each => each.GetProperty("dur").GetDouble()) / 1000)],
            Tensors(about, "input_type_shape"),
            Tensors(about, "output_type_shape"));
    }

    // A tensor is an object of one member: its type, with its shape. Older profiles have none.
    private static List<ProfiledTensor> Tensors(JsonElement about, string name) => about.TryGetProperty(name, out var tensors)
        ? [.. tensors.EnumerateArray().SelectMany(tensor => tensor.EnumerateObject())
            .Select(tensor => new ProfiledTensor(tensor.Name, [.. tensor.Value.EnumerateArray().Select(size => size.GetInt64())]))]
        : [];
}
