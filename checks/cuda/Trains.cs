using System.Globalization;
using System.Text.Json.Nodes;

namespace Jem.Checks.Cuda;

/// <summary>Part e. A run as a person starts it, for some minutes, and what its encoder is worth beside raw pixels.</summary>
internal static class Trains
{
    public static IEnumerable<Result> Run(CheckOptions options)
    {
        if (options.Minutes <= 0)
        {
            yield return Result.Of("training", "left out: no --minutes");
            yield break;
        }

        var (run, json) = (Path.Combine(options.Out, "run"), Path.Combine(options.Out, "eval.json"));
        using (var process = new JemProcess(
            "train", "simclr", "--data", options.Data, "--out", run, "--overwrite", "--steps", "1000000", "--device", options.Device, "--quiet"))
        {
            var until = DateTime.UtcNow + TimeSpan.FromMinutes(options.Minutes);
            while (DateTime.UtcNow < until && !process.HasExited)
            {
                Thread.Sleep(100);
            }

            if (process.HasExited)
            {
                process.Finish();
            }

            process.Interrupt();
        }

        var waits = File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!["loader_wait"]).OfType<JsonNode>()
            .Select(wait => (double)wait).Skip(1).Order().ToList();
        if (waits.Count > 0)
        {
            var busy = 1 - waits[waits.Count / 2];
            yield return Result.Of("training", string.Create(CultureInfo.InvariantCulture, $"steps do not wait for views {busy:P1} of the time"), busy);
        }

        JemProcess.Run(
            "eval", run, "--data", options.Data, "--protocol", "knn,linear", "--k", "20", "--baselines", "--json", json, "--overwrite",
            "--device", options.Device);
        JemProcess.Run("export", run, "--out", Path.Combine(options.Out, "encoder"), "--overwrite");
        foreach (var row in JsonNode.Parse(File.ReadAllText(json))!.AsArray())
        {
            var accuracy = (double)row!["accuracy"]!;
            yield return Result.Of($"{row["encoder"]}, {row["protocol"]}", accuracy.ToString("F3", CultureInfo.InvariantCulture), accuracy);
        }
    }
}
