using System.Text;
using System.Text.Json;

namespace Jem.Trainer.Runs;

/// <summary>A line of <c>metrics.jsonl</c>: the numbers of a step.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Values">Every number of the line but the step, by name, in the line's order.</param>
public sealed record MetricsLine(long Step, IReadOnlyList<(string Name, double Value)> Values)
{
    /// <summary>A number by its name; null where the line has none.</summary>
    public double? this[string name] => Values.Select(pair => (pair.Name, (double?)pair.Value)).FirstOrDefault(pair => pair.Name == name).Item2;

    /// <summary>
    /// The lines of a file that there are now; none without a file. What is no line of numbers is passed over, such as the half line of a
    /// process that was killed.
    /// </summary>
    public static IEnumerable<MetricsLine> Read(string path) =>
        File.Exists(path) ? File.ReadLines(path).Select(line => Parse(Encoding.UTF8.GetBytes(line))).OfType<MetricsLine>() : [];

    /// <summary>A line from its text; null for what is no line of numbers of a step.</summary>
    public static MetricsLine? Parse(ReadOnlySpan<byte> line)
    {
        var (values, step) = (new List<(string, double)>(), -1.0);
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                var name = reader.GetString()!;
                if (reader.Read() && reader.TokenType == JsonTokenType.Number && reader.GetDouble() is var value && double.IsFinite(value))
                {
                    if (name == MetricNames.Step)
                    {
                        step = value;
                    }
                    else if (name.Length > 0)
                    {
                        values.Add((name, value));
                    }
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return step is >= 0 and < 1L << 53 ? new MetricsLine((long)step, values) : null;
    }
}
