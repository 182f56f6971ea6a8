using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jem.Trainer.Reporting;

/// <summary>How a run stands.</summary>
/// <param name="State"><c>running</c>, <c>finished</c>, <c>interrupted</c> or <c>failed</c>; <c>stopped</c> where a run went away without a word.</param>
/// <param name="Message">What the run said of it.</param>
internal sealed record RunStatus(string State, string Message)
{
    public const string FileName = "status.json";

    // A running run logs at least every 15 seconds, unless its steps take longer than that.
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(10);

    public bool Running => State == "running";

    /// <summary>As the run's <c>status.json</c> says; without one, as its metrics suggest.</summary>
    /// <param name="step">The last step logged.</param>
    /// <param name="steps">Steps of the whole run; 0 if unknown.</param>
    public static RunStatus Of(string folder, string metrics, long step, long steps)
    {
        var told = Read(Path.Combine(folder, FileName));
        var state = told is null ? steps > 0 && step >= steps ? "finished" : "running" : (string?)told["state"] ?? "running";
        var message = (string?)told?["message"] ?? "";
        var alive = new[] { Path.Combine(folder, FileName), metrics }.Where(File.Exists).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max();
        return state == "running" && alive != default && DateTime.UtcNow - alive > s_silence
            ? new RunStatus("stopped", string.Create(CultureInfo.InvariantCulture, $"Nothing was logged since {alive:yyyy-MM-dd HH:mm} UTC. {message}").TrimEnd())
            : new RunStatus(state, message);
    }

    private static JsonNode? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject : null;
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            // It is being written.
            return null;
        }
    }
}
