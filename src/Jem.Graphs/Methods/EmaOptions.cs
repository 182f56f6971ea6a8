using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>How a teacher follows its student: θ′ ← m·θ′ + (1 − m)·θ.</summary>
public sealed record EmaOptions
{
    /// <summary>The share of the teacher that is kept at each step, at the start of the run (m, in [0, 1]).</summary>
    [Option(
        "The share of the teacher that is kept at each step, at the start of the run. "
        + "Short runs need less than the paper's.", Symbol = "m", Least = 0, Most = 1)]
    public double Momentum { get; init; } = 0.996;

    /// <summary>The same at the end of its cosine (in [0, 1]).</summary>
    [Option("The same at the end of its cosine.", Least = 0, Most = 1)]
    public double FinalMomentum { get; init; } = 1;
}
