using Jem.Graphs.Optim;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of PIRL.</summary>
public sealed record PirlOptions : BankOptions
{
    /// <summary>The paper's defaults.</summary>
    public PirlOptions()
    {
        Negatives = 32000;
        Optimizer = new OptimizerOptions { LearningRate = 0.03, WarmupEpochs = 0, FinalFraction = 0.001 };
        Views = new ViewRecipe { Count = 1, Jitter = 1, Hue = 0.2 };
    }

    /// <summary>How an image becomes a jigsaw.</summary>
    public JigsawOptions Jigsaw { get; init; } = new();
}
