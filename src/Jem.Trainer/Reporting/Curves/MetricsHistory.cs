using System.Text.Json;

namespace Jem.Trainer.Reporting.Curves;

/// <summary>The curves of a <c>metrics.jsonl</c> that may still grow: each reading goes on where the last one ended.</summary>
internal sealed class MetricsHistory(string path)
{
    private readonly Dictionary<string, Curve> _curves = [];
    private readonly Curve _epochs = new();
    private long _read;

    /// <summary>By name, in the order in which the names first appeared; <c>step</c> and <c>epoch</c> are not among them.</summary>
    public IReadOnlyDictionary<string, Curve> Curves => _curves;

    /// <summary>The last step that was logged; 0 before.</summary>
    public long Step { get; private set; }

    public double Epoch => double.IsNaN(_epochs.Last) ? 0 : _epochs.Last;

    /// <summary>Reads the lines that are new. A last line that is still being written waits for the next time; what is no line of numbers is passed over.</summary>
    public void Read()
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length < _read)
        {
            // A resumed run cuts off what came after its checkpoint.
            _curves.Clear();
            (_read, Step) = (0, 0);
        }

        file.Position = _read;
        var buffer = new byte[1 << 16];
        var held = 0;
        while (file.Read(buffer, held, buffer.Length - held) is > 0 and var count)
        {
            held += count;
            var done = 0;
            while (buffer.AsSpan(done, held - done).IndexOf((byte)'\n') is >= 0 and var length)
            {
                ReadLine(buffer.AsSpan(done, length));
                done += length + 1;
            }

            _read += done;
            held -= done;
            buffer.AsSpan(done, held).CopyTo(buffer);
            if (held == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * held);
            }
        }
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        var values = new List<(string Name, double Value)>();
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                {
                    var name = reader.GetString()!;
                    if (reader.Read() && reader.TokenType == JsonTokenType.Number)
                    {
                        values.Add((name, reader.GetDouble()));
                    }
                }
            }
        }
        catch (JsonException)
        {
            return;
        }

        if (values.FirstOrDefault(pair => pair.Name == "step") is not { Name: not null, Value: >= 0 and < 1L << 53 } at)
        {
            return;
        }

        Step = (long)at.Value;
        foreach (var (name, value) in values.Where(pair => pair.Name != "step" && double.IsFinite(pair.Value)))
        {
            if (name == "epoch")
            {
                _epochs.Add(Step, value);
                continue;
            }

            if (!_curves.TryGetValue(name, out var curve))
            {
                _curves.Add(name, curve = new Curve());
            }

            curve.Add(Step, value);
        }
    }
}
