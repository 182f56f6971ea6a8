using System.Text.Json;

namespace Jem.Trainer.Runs;

/// <summary><c>metrics.jsonl</c>: one JSON object per logged step, readable while the run goes on.</summary>
public sealed class MetricsLog(string path) : IDisposable
{
    private readonly StreamWriter _writer = new(path, append: true) { AutoFlush = true };

    public void Write(IReadOnlyDictionary<string, double> values) => _writer.WriteLine(JsonSerializer.Serialize(
        values.Where(pair => double.IsFinite(pair.Value)).ToDictionary()));

    public void Dispose() => _writer.Dispose();
}
