using Jem.Graphs.Optim;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of instance discrimination.</summary>
public sealed record NpidOptions : BankOptions
{
    /// <summary>The paper's defaults.</summary>
    public NpidOptions()
    {
        Optimizer = new OptimizerOptions { LearningRate = 0.03, WarmupEpochs = 0 };
        Views = new ViewRecipe { Count = 1, Jitter = 1, Hue = 0.4 };
    }

    // The authors' code crops no less than a fifth of the image and blurs nothing.
    /// <inheritdoc/>
    public override ViewRecipe ViewsFor(int size, int channels) => base.ViewsFor(size, channels) with { CropScale = Views.CropScale, Blur = Views.Blur };
}
