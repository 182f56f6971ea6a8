using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Methods;

/// <summary>The options of DINO, from the paper's section 3.2 and the defaults of the authors' main_dino.py.</summary>
public sealed record DinoOptions : MethodOptions
{
    /// <summary>The paper's defaults.</summary>
    public DinoOptions()
    {
        Optimizer = new()
        {
            Name = "adamw",
            LearningRate = 0.0005,
            FinalFraction = 0.0005,
            WeightDecay = 0.04,
            FinalWeightDecay = 0.4,
            Clip = 3,
            ClipEach = true,
        };
        Views = new() { CropScale = [0.4, 1], Interpolation = "bicubic", Saturation = 0.2 };
    }

    /// <summary>Outputs that the loss compares as one distribution (K, ≥ 2).</summary>
    [Option("Outputs that the loss compares as one distribution.", Symbol = "K", Least = 2)]
    public int Prototypes { get; init; } = 65536;

    /// <summary>Epochs, or parts of one, for which the last layer stays as it was drawn (≥ 0).</summary>
    [Option("Epochs, or parts of one, for which the last layer stays as it was drawn; at most a tenth of the run.", Least = 0)]
    public double FreezeLastLayer { get; init; } = 1;

    /// <summary>Temperature of the student (τₛ, &gt; 0).</summary>
    [Option("Temperature of the student.", Symbol = "τₛ", Above = 0)]
    public double StudentTemperature { get; init; } = 0.1;

    /// <summary>The share of the centre that is kept at each step (m, in [0, 1]).</summary>
    [Option("The share of the centre that is kept at each step; 1 leaves it at zero, and training collapses to one output.", Symbol = "m", Least = 0, Most = 1)]
    public double CenterMomentum { get; init; } = 0.9;

    /// <summary>How sharp the teacher is.</summary>
    public DinoTeacherOptions Teacher { get; init; } = new();

    /// <summary>The projector, from representations to the embeddings that the loss compares.</summary>
    public DinoProjectorOptions Projector { get; init; } = new();

    /// <summary>How the teacher follows the student.</summary>
    public EmaOptions Ema { get; init; } = new();

    /// <summary>The small views besides the two large ones.</summary>
    public LocalViewOptions LocalViews { get; init; } = new() { Count = 8, CropScale = [0.05, 0.4] };

    /// <inheritdoc/>
    public override ViewRecipe ViewsFor(int size, int channels) => Views.ForImagesAsymmetric(size, channels) with { CropScale = Views.CropScale };
}

/// <summary>How sharp the teacher is: less so after the first epochs.</summary>
public sealed record DinoTeacherOptions
{
    /// <summary>Temperature of the teacher (τₜ, &gt; 0).</summary>
    [Option(
        "Temperature of the teacher; the lower, the sharper. Above 0.07 most runs are unstable; "
        + "where the loss does not fall, take 0.04.", Symbol = "τₜ", Above = 0)]
    public double Temperature { get; init; } = 0.07;

    /// <summary>The teacher's temperature at the first step (&gt; 0).</summary>
    [Option("The teacher's temperature at the first step.", Above = 0)]
    public double WarmupTemperature { get; init; } = 0.04;

    /// <summary>Epochs from the one to the other (≥ 0).</summary>
    [Option("Epochs from the one to the other; at most three tenths of the run.", Least = 0)]
    public double WarmupEpochs { get; init; } = 30;
}

/// <summary>DINO's projector: linear layers with GELU to a bottleneck of unit length, which the last layer compares with K directions.</summary>
public sealed record DinoProjectorOptions
{
    /// <summary>Linear layers before the last one (≥ 1).</summary>
    [Option("Linear layers before the last one.", Least = 1)]
    public int Layers { get; init; } = 3;

    /// <summary>Width of the hidden layers (≥ 1).</summary>
    [Option("Width of the hidden layers.", Least = 1)]
    public int Hidden { get; init; } = 2048;

    /// <summary>Width of the bottleneck (D, ≥ 1).</summary>
    [Option("Width of the bottleneck.", Symbol = "D", Least = 1)]
    public int Bottleneck { get; init; } = 256;

    /// <summary>Whether a batch norm follows each hidden layer.</summary>
    [Option("Whether a batch norm follows each hidden layer.")]
    public bool Norm { get; init; }
}
