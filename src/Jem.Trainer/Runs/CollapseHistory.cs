using Jem.Trainer.Collapse;

namespace Jem.Trainer.Runs;

/// <summary>What the lines of a <c>metrics.jsonl</c> show of the embeddings.</summary>
internal static class CollapseHistory
{
    /// <summary>Gives a monitor the steps that were logged before. Nothing in them is reported again.</summary>
    /// <param name="last">The last step that counts: what follows it will be logged again.</param>
    public static CollapseMonitor After(this CollapseMonitor monitor, string metrics, long last = long.MaxValue)
    {
        foreach (var line in MetricsLine.Read(metrics).Where(line => line.Step <= last))
        {
            // Other lines, such as the checks by nearest neighbours, say nothing of them.
            if (line[MetricNames.Loss] is { } loss && line[MetricNames.EmbeddingStd] is { } deviation && line[MetricNames.EffectiveRank] is { } rank)
            {
                monitor.See(new CollapsePoint(line.Step, loss, deviation, rank, line[MetricNames.EmbeddingScale] ?? double.NaN));
            }
        }

        return monitor;
    }
}
