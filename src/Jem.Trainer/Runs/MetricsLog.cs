using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Imaging.Files;

namespace Jem.Trainer.Runs;

/// <summary><c>metrics.jsonl</c>: one JSON object per logged step, readable while the run goes on.</summary>
public sealed class MetricsLog : IRunObserver
{
    private readonly string _path;

    /// <param name="resumedAt">Lines of later steps are taken out: the run goes on from this one and will write them again.</param>
    public MetricsLog(string path, long resumedAt = 0)
    {
        if (File.Exists(path))
        {
            var kept = File.ReadLines(path).Where(line => StepOf(line) <= resumedAt).ToList();
            AtomicFile.Write(path, string.Concat(kept.Select(line => $"{line}\n")));
        }

        _path = path;
    }

    public void Logged(long step, IReadOnlyDictionary<string, double> values) =>
        File.AppendAllText(_path, JsonSerializer.Serialize(values.Where(pair => double.IsFinite(pair.Value)).ToDictionary()) + "\n");

    // A process that was killed may have left half a line.
    private static double StepOf(string line)
    {
        try
        {
            return (double?)JsonNode.Parse(line)?["step"] ?? double.PositiveInfinity;
        }
        catch (JsonException)
        {
            return double.PositiveInfinity;
        }
    }
}
