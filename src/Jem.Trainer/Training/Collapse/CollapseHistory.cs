using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jem.Trainer.Training.Collapse;

/// <summary>What the lines of a <c>metrics.jsonl</c> show of the embeddings.</summary>
internal static class CollapseHistory
{
    /// <summary>Shows a monitor what was logged before; nothing of it is told again.</summary>
    public static CollapseMonitor After(this CollapseMonitor monitor, string metrics)
    {
        foreach (var point in File.Exists(metrics) ? File.ReadLines(metrics).Select(Point).OfType<CollapsePoint>() : [])
        {
            monitor.See(point);
        }

        return monitor;
    }

    // Other lines, such as the checks by nearest neighbours, say nothing of them.
    private static CollapsePoint? Point(string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject values && (double?)values["step"] is { } step && (double?)values["loss"] is { } loss
                && (double?)values["embedding_std"] is { } deviation && (double?)values["effective_rank"] is { } rank
                ? new CollapsePoint((long)step, loss, deviation, rank, (double?)values["embedding_scale"] ?? double.NaN)
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
