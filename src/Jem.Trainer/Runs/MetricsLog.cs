using System.Text;
using System.Text.Json;
using Jem.Imaging.Files;

namespace Jem.Trainer.Runs;

/// <summary><c>metrics.jsonl</c>: one JSON object per logged step, readable while the run goes on.</summary>
public sealed class MetricsLog(string path) : IRunObserver
{
    /// <param name="done">Lines of later steps are taken out: the run goes on from this one and will write them again.</param>
    public void Began(long done)
    {
        if (File.Exists(path))
        {
            var kept = File.ReadLines(path).Where(line => MetricsLine.Parse(Encoding.UTF8.GetBytes(line))?.Step <= done).ToList();
            AtomicFile.Write(path, string.Concat(kept.Select(line => $"{line}\n")));
        }
    }

    public void Logged(long step, IReadOnlyDictionary<string, double> values) =>
        File.AppendAllText(path, JsonSerializer.Serialize(values.Where(pair => double.IsFinite(pair.Value)).ToDictionary()) + "\n");
}
