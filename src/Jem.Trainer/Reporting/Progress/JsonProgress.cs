using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Jem.Trainer.Training;

namespace Jem.Trainer.Reporting.Progress;

/// <summary>
/// One JSON object a line, for scripts: <c>{"event":"start"}</c>, then <c>"progress"</c> with every figure of a <see cref="StepReport"/>
/// and perhaps <c>"note"</c> or <c>"warning"</c>, then <c>"end"</c>. Durations are seconds; a figure that is not finite is null.
/// </summary>
public sealed class JsonProgress(TextWriter output) : ITrainingProgress
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new Seconds(), new Finite(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public void Start(long step, long totalSteps) => Write("start", new { Step = step, TotalSteps = totalSteps });

    public void Report(in StepReport report) => Write("progress", report);

    public void Say(string message) => Write("note", new { Message = message });

    public void Warn(string message) => Write("warning", new { Message = message });

    public void Finish(string message) => Write("end", new { Message = message });

    private void Write<T>(string name, T values)
    {
        var line = new JsonObject { ["event"] = name };
        foreach (var (key, value) in (JsonObject)JsonSerializer.SerializeToNode(values, s_json)!)
        {
            line[key] = value?.DeepClone();
        }

        output.WriteLine(line.ToJsonString());
        output.Flush();
    }

    private sealed class Seconds : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromSeconds(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
    }

    private sealed class Finite : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
