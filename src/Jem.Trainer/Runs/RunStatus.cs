using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
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

    /// <summary>The newest step that the run has saved, ≥ 0, as far as it says.</summary>
    public long Saved { get; init; }

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
        if (state == Running)
        {
            using var process = Process.GetCurrentProcess();
            status["process"] = new JsonObject
            {
                ["machine"] = Environment.MachineName,
                ["id"] = process.Id,
                ["started"] = process.StartTime.ToUniversalTime().ToString("O"),
            };
        }

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
        var gone = state == Running && (IsGone(told?["process"]) || (alive != default && DateTime.UtcNow - alive > s_silence));
        var status = gone
            ? new RunStatus(Stopped, $"Nothing was logged since {alive:yyyy-MM-dd HH:mm} UTC. {message}".TrimEnd())
            : new RunStatus(state, message);
        return status with { Collapse = (string?)told?["collapse"] ?? "", Saved = (long?)told?["step"] ?? 0 };
    }

    /// <summary>Whether the process that said that it runs was on this machine and is no more. Another process may have its number now.</summary>
    private static bool IsGone(JsonNode? process)
    {
        if ((string?)process?["machine"] != Environment.MachineName || (int?)process?["id"] is not { } id
            || !DateTime.TryParse((string?)process["started"], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var started))
        {
            return false;
        }

        try
        {
            using var now = Process.GetProcessById(id);

            // Linux counts from a start of the machine that is known to a few hundredths of a second.
            return (now.StartTime.ToUniversalTime() - started).Duration() > TimeSpan.FromSeconds(2);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return true;
        }
        catch (Win32Exception)
        {
            // Another person's process, of which nothing is told.
            return false;
        }
    }

    private static JsonObject? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject : null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            // A person changed it, or it went away just now.
            return null;
        }
    }
}
