using System.Text.Json.Nodes;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;

namespace Jem.Graphs.Methods;

/// <summary>A method as data: the graphs to run, the first values of what they carry, and how scalars move.</summary>
/// <param name="Variables">The parameters and states of all stages.</param>
/// <param name="Schedules">For each scalar input by name.</param>
public sealed record TrainingProgram(
    string Method,
    JsonObject Options,
    IReadOnlyList<Graph> Stages,
    IReadOnlyList<Variable> Variables,
    IReadOnlyDictionary<string, ScheduleRecipe> Schedules,
    ulong Seed)
{
    /// <exception cref="KeyNotFoundException">There is no such stage.</exception>
    public Graph Stage(string name) => Stages.FirstOrDefault(stage => stage.Name == name)
        ?? throw new KeyNotFoundException($"The program has no stage '{name}'. It has {string.Join(", ", Stages.Select(stage => stage.Name))}.");
}

/// <summary>How a scalar moves over a run: linearly from zero to its peak, then along a cosine to its final value.</summary>
/// <param name="Peak">The value after warm-up.</param>
/// <param name="Final">The value at the last step.</param>
/// <param name="WarmupEpochs">The length of the warm-up.</param>
public sealed record ScheduleRecipe(double Peak, double Final, double WarmupEpochs);
