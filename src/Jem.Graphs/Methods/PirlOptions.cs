using Jem.Graphs.Optim;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of PIRL.</summary>
public sealed record PirlOptions : BankOptions
{
    public PirlOptions()
    {
        Negatives = 32000;
        Optimizer = new OptimizerOptions { LearningRate = 0.03, WarmupEpochs = 0, FinalFraction = 0.001 };
        Views = new ViewRecipe { Count = 1, Jitter = 1, Hue = 0.2 };
    }

    public JigsawOptions Jigsaw { get; init; } = new();
}
