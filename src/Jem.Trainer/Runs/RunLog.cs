using Jem.Trainer.Collapse;
using Jem.Trainer.State;

namespace Jem.Trainer.Runs;

/// <summary><c>log.txt</c>: what happened to a run and when, a line each; it survives resuming.</summary>
public sealed class RunLog(string path) : IRunObserver
{
    public void Write(string line) => File.AppendAllText(path, $"{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss}Z  {line}\n");

    public void Saved(Checkpoint checkpoint) => Write($"saved step {checkpoint.Step}");

    public void Collapsed(CollapseFinding finding) => Write($"warning: {finding.Text}");

    public void Switched(long step, string name) => Write($"step {step}: {name} is on from here");

    public void Logged(long step, IReadOnlyDictionary<string, double> values)
    {
        if (values.TryGetValue(MetricNames.Knn, out var accuracy))
        {
            Write($"step {step}: accuracy by nearest neighbours {accuracy:F4}");
        }
    }
}
