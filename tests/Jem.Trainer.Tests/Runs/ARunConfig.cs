using System.Text.Json.Nodes;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Tests.Runs;

/// <summary>A configuration as a run has it, for tests that need one.</summary>
internal static class ARunConfig
{
    public static RunConfig Of(long steps = 3, string provenance = "drawn shapes") => new(
        "simclr", "synthetic:shapes", provenance, "abc", 13, 32, steps, 3,
        new DeviceOptions(), new RunSettings(), new JsonObject { ["temperature"] = 0.5 }, "def");
}
