using Jem.Trainer.Eval.Linear;
using Jem.Trainer.Eval.Neighbours;

namespace Jem.Trainer.Eval;

/// <summary>A kind of measurement.</summary>
public enum Protocol
{
    /// <summary>Nearest neighbours vote.</summary>
    Knn,

    /// <summary>A linear probe on all labels.</summary>
    Linear,

    /// <summary>Linear probes on few labels per class.</summary>
    Few,

    /// <summary>Images of the same class are searched.</summary>
    Retrieval,

    /// <summary>In how many directions the vectors spread, which needs no labels.</summary>
    Rank,
}

/// <summary>What to measure and how. The defaults are what others report.</summary>
public sealed record EvaluationOptions
{
    public IReadOnlyList<Protocol> Protocols { get; init; } = [Protocol.Knn, Protocol.Linear, Protocol.Few];

    public IReadOnlyList<int> Neighbours { get; init; } = [20, 200];

    /// <summary>τ of votes by cosine.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Of nearest neighbours and retrieval.</summary>
    public Distance Distance { get; init; }

    public IReadOnlyList<Solver> Solvers { get; init; } = [Solver.Lbfgs];

    /// <summary>The most iterations of L-BFGS.</summary>
    public int Iterations { get; init; } = 1000;

    public SgdOptions Sgd { get; init; } = new();

    public IReadOnlyList<int> LabelsPerClass { get; init; } = [10];

    /// <summary>Whether a class with fewer images than <see cref="LabelsPerClass"/> is an error; otherwise all classes give what the smallest has.</summary>
    public bool ExactLabels { get; init; }

    /// <summary>Random choices of few labels, over which accuracy is averaged.</summary>
    public int Draws { get; init; } = 5;

    /// <summary>Of the draws and of the order of SGD.</summary>
    public ulong Seed { get; init; }

    public bool Asks(Protocol protocol) => Protocols.Contains(protocol);

    /// <summary>Whether a protocol is asked for that looks at labels.</summary>
    public bool NeedsLabels => Protocols.Any(protocol => protocol != Protocol.Rank);
}
