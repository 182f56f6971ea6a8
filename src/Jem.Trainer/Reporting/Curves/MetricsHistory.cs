using Jem.Trainer.Runs;

namespace Jem.Trainer.Reporting.Curves;

/// <summary>The curves of a <c>metrics.jsonl</c> that may still grow.</summary>
internal sealed class MetricsHistory(string path)
{
    private readonly MetricsReader _reader = new(path);
    private readonly Dictionary<string, Curve> _curves = [];
    private readonly Curve _epochs = new();

    /// <summary>By name, in the order in which the names first appeared; <c>step</c> and <c>epoch</c> are not among them.</summary>
    public IReadOnlyDictionary<string, Curve> Curves => _curves;

    /// <summary>The last step that was logged; 0 before.</summary>
    public long Step { get; private set; }

    public double Epoch => double.IsNaN(_epochs.Last) ? 0 : _epochs.Last;

    /// <summary>Reads the lines that are new.</summary>
    public void Read()
    {
        foreach (var line in _reader.Next(restart: Clear))
        {
            Step = line.Step;
            foreach (var (name, value) in line.Values)
            {
                Of(name).Add(Step, value);
            }
        }
    }

    private void Clear()
    {
        _curves.Clear();
        Step = 0;
    }

    private Curve Of(string name) => name == MetricNames.Epoch ? _epochs
        : _curves.TryGetValue(name, out var curve) ? curve
        : _curves[name] = new Curve();
}
