using System.Text.Json.Nodes;
using Jem.Graphs.Ir;
using Jem.Graphs.Nn;

namespace Jem.Graphs.Programs;

/// <summary>A method as data: the graphs to run, the first values of what they carry, and how scalars move.</summary>
/// <param name="Method">The method's name, such as <c>simclr</c>.</param>
/// <param name="BatchSize">Images per step.</param>
/// <param name="Seed">Of the first weights, the order of the images and their views.</param>
/// <param name="Image">The images that the network sees.</param>
/// <param name="Backbone">Name and width of the encoder's network, such as <c>resnet18-w16</c>.</param>
/// <param name="Options">All options that it was built by, for people; nothing else is read from them.</param>
/// <param name="Stages">The graphs, by the names of <see cref="ProgramStages"/>.</param>
/// <param name="Variables">The parameters and states of all stages.</param>
/// <param name="Schedules">For each scalar input by name.</param>
/// <param name="Batch">For each batch input by name.</param>
/// <param name="Collapse">How its collapse shows.</param>
public sealed record TrainingProgram(
    string Method,
    int BatchSize,
    ulong Seed,
    ImageOptions Image,
    string Backbone,
    JsonObject Options,
    IReadOnlyList<Graph> Stages,
    IReadOnlyCollection<Variable> Variables,
    IReadOnlyDictionary<string, ScheduleRecipe> Schedules,
    IReadOnlyDictionary<string, BatchRecipe> Batch,
    CollapseSigns Collapse)
{
    /// <exception cref="KeyNotFoundException">There is no such stage.</exception>
    public Graph Stage(string name) => Stages.FirstOrDefault(stage => stage.Name == name)
        ?? throw new KeyNotFoundException($"The program has no stage '{name}'. It has {string.Join(", ", Stages.Select(stage => stage.Name))}.");
}
