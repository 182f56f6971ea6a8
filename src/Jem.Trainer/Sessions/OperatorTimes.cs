using System.Text.Json;

namespace Jem.Trainer.Sessions;

/// <summary>What the operators of a step took, by ONNX Runtime's own profile.</summary>
/// <param name="Operator">Its name; a function's without its number.</param>
/// <param name="Calls">In a step.</param>
/// <param name="Milliseconds">Of all calls in a step.</param>
public sealed record OperatorTimes(string Operator, int Calls, double Milliseconds)
{
    /// <summary>Reads a profile: the slowest operator first.</summary>
    /// <param name="file">The JSON that ONNX Runtime wrote.</param>
    /// <param name="warmUp">Steps at the beginning that do not count.</param>
    /// <param name="steps">Steps that do.</param>
    public static IReadOnlyList<OperatorTimes> Read(string file, int warmUp, int steps)
    {
        // Steps come in their order: each node's occurrences count them.
        using var events = JsonDocument.Parse(File.ReadAllBytes(file));
        var seen = new Dictionary<string, int>();
        return [.. events.RootElement.EnumerateArray()
            .Where(each => each.GetProperty("cat").GetString() == "Node")
            .Select(each => (Name: each.GetProperty("name").GetString()!, Event: each))
            .Where(each => each.Name.EndsWith("_kernel_time", StringComparison.Ordinal))
            .Where(each => (seen[each.Name] = seen.GetValueOrDefault(each.Name) + 1) > warmUp)
            .GroupBy(each => each.Event.GetProperty("args").GetProperty("op_name").GetString()!.Split('_')[0])
            .Select(group => new OperatorTimes(
                group.Key, group.Count() / steps, group.Sum(each => each.Event.GetProperty("dur").GetDouble()) / 1000 / steps))
            .OrderByDescending(row => row.Milliseconds)];
    }
}
