using System.Text.Json.Nodes;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;

namespace Jem.Graphs.Methods;

/// <summary>A method as data: the graphs to run, the first values of what they carry, and how scalars move.</summary>
/// <param name="Variables">The parameters and states of all stages.</param>
/// <param name="Schedules">For each scalar input by name.</param>
/// <param name="Batch">For each batch input by name.</param>
/// <param name="Collapse">How its collapse shows.</param>
public sealed record TrainingProgram(
    string Method,
    JsonObject Options,
    IReadOnlyList<Graph> Stages,
    IReadOnlyCollection<Variable> Variables,
    IReadOnlyDictionary<string, ScheduleRecipe> Schedules,
    IReadOnlyDictionary<string, BatchRecipe> Batch,
    CollapseSigns Collapse,
    ulong Seed)
{
    /// <exception cref="KeyNotFoundException">There is no such stage.</exception>
    public Graph Stage(string name) => Stages.FirstOrDefault(stage => stage.Name == name)
        ?? throw new KeyNotFoundException($"The program has no stage '{name}'. It has {string.Join(", ", Stages.Select(stage => stage.Name))}.");
}
