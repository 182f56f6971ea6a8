using Jem.Graphs.Nn;
using Jem.Trainer.Training;

namespace Jem.Trainer.Experiments.Collapse;

/// <summary>
/// A network that begins where collapse ends: its first convolution is zero, so every image has the same embedding. The gradient of a loss
/// that compares directions is zero there, and training stays.
/// </summary>
internal static class TrivialSolution
{
    private const string FirstWeight = "conv1.weight";

    public static PreparedRun Of(PreparedRun run) => run.Program.Variables.Any(variable => variable.Value.Name == FirstWeight)
        ? run with
        {
            Program = run.Program with
            {
                Variables = [.. run.Program.Variables.Select(variable => variable.Value.Name == FirstWeight ? variable with { Init = Init.Zeros } : variable)],
            },
        }
        : throw new ArgumentException($"The network has no '{FirstWeight}' to begin at zero; take a ResNet.");
}
