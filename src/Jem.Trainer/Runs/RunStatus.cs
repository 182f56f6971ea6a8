using System.Text.Json.Nodes;
using Jem.Trainer.State;

namespace Jem.Trainer.Runs;

/// <summary><c>status.json</c>: how a run is doing, for pages and scripts. A run that was killed still says <c>running</c>; its time tells.</summary>
public static class RunStatus
{
    public const string Running = "running", Finished = "finished", Interrupted = "interrupted", Failed = "failed";

    public static void Write(RunFolder run, string state, long step, string message)
    {
        var status = new JsonObject { ["state"] = state, ["step"] = step, ["message"] = message, ["time"] = DateTime.UtcNow.ToString("O") };
        AtomicFile.Write(run.Status, status.ToJsonString());
    }
}
