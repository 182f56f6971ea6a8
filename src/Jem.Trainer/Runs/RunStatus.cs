using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Imaging.Files;

namespace Jem.Trainer.Runs;

/// <summary><c>status.json</c>: how a run is doing, for pages and scripts.</summary>
/// <param name="State">One of the constants here.</param>
/// <param name="Message">What the run said of it.</param>
public sealed record RunStatus(string State, string Message)
{
    /// <summary>The collapse that the run is in, as it said it; empty while it is healthy.</summary>
    public string Collapse { get; init; } = "";

    public const string Running = "running", Finished = "finished", Interrupted = "interrupted", Failed = "failed";

    /// <summary>A run that went away without a word: it says that it is running, but nothing happens.</summary>
    public const string Stopped = "stopped";

    // A running run logs at least every 15 seconds, unless its steps take longer than that.
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(10);

    public bool IsRunning => State == Running;

    public static void Write(RunFolder run, string state, long step, string message, string collapse = "")
    {
        var status = new JsonObject
        {
            ["state"] = state,
            ["step"] = step,
            ["message"] = message,
            ["collapse"] = collapse,
            ["time"] = DateTime.UtcNow.ToString("O"),
        };
        AtomicFile.Write(run.Status, status.ToJsonString());
    }

    /// <summary>As the run says; where it does not, as its metrics suggest.</summary>
    /// <param name="step">The last step logged.</param>
    /// <param name="steps">Steps of the whole run; 0 if unknown.</param>
    public static RunStatus Of(RunFolder run, long step, long steps)
    {
        var told = Read(run.Status);
        var state = told is null ? steps > 0 && step >= steps ? Finished : Running : (string?)told["state"] ?? Running;
        var message = (string?)told?["message"] ?? "";
        var alive = new[] { run.Status, run.Metrics }.Where(File.Exists).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max();
        var status = state == Running && alive != default && DateTime.UtcNow - alive > s_silence
            ? new RunStatus(Stopped, $"Nothing was logged since {alive:yyyy-MM-dd HH:mm} UTC. {message}".TrimEnd())
            : new RunStatus(state, message);
        return status with { Collapse = (string?)told?["collapse"] ?? "" };
    }

    private static JsonObject? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject : null;
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            // A person changed it, or it went away just now.
            return null;
        }
    }
}
