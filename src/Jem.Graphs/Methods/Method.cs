using Jem.Graphs.Naming;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>A method, as it is listed and built: a row of a catalog.</summary>
public sealed record Method : INamed
{
    private readonly Func<StepGraph, TrainingProgram> _build;

    private Method(string name, string paper, MethodOptions options, Func<StepGraph, TrainingProgram> build) =>
        (Name, Paper, Options, _build) = (name, paper, options, build);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Title and place of the paper.</summary>
    public string Paper { get; }

    /// <summary>The defaults; their type is the method's options record.</summary>
    public MethodOptions Options { get; }

    /// <summary>A method whose defaults are those of its options record.</summary>
    /// <typeparam name="TOptions">The method's options.</typeparam>
    /// <param name="name">As in <c>jem train NAME</c>: small letters and hyphens.</param>
    /// <param name="paper">Title and place.</param>
    /// <param name="build">
    /// Builds the step in the graph that is given, whose options are checked and resolved, and ends with <see cref="StepGraph.Finish"/>.
    /// It throws an <see cref="ArgumentException"/> where options do not go together.
    /// </param>
    public static Method Of<TOptions>(string name, string paper, Func<StepGraph, TOptions, TrainingProgram> build)
        where TOptions : MethodOptions, new() => new(name, paper, new TOptions(), step => build(step, (TOptions)step.Options));

    /// <summary>The training program for options of the method's own type.</summary>
    /// <param name="parts">Backbones and optimisers to choose from; null takes those of this library.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or options do not go together.</exception>
    public TrainingProgram Build(MethodOptions options, Parts? parts = null) => _build(new StepGraph(Name, options, parts ?? Parts.BuiltIn));
}
