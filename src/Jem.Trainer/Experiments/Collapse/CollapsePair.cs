namespace Jem.Trainer.Experiments.Collapse;

/// <summary>A method trained twice: as it is, and without the part that keeps it from collapsing.</summary>
/// <param name="Name">Of the pair, for a flag and for folders.</param>
/// <param name="Without">What the second run lacks, in words.</param>
/// <param name="Settings">Options of both runs, <c>key=value</c>: small heads, and rates at which a short run learns.</param>
/// <param name="Removal">Options of the second run besides. None: it begins at the trivial solution.</param>
public sealed record CollapsePair(string Name, string Method, string Without, IReadOnlyList<string> Settings, IReadOnlyList<string> Removal)
{
    private static readonly string[] s_adam = ["optimizer.name=adamw", "optimizer.learning_rate=0.004"];
    private static readonly string[] s_vicreg = ["optimizer.name=adamw", "optimizer.learning_rate=0.012", "expander.hidden=256", "expander.output=128"];

    /// <summary>Every pair, in the order of the picture.</summary>
    public static IReadOnlyList<CollapsePair> All { get; } =
    [
        new("simsiam", "simsiam", "no stop-gradient",
            [.. s_adam, "projector.hidden=256", "projector.output=128", "predictor.hidden=64"], ["stop_gradient=false"]),
        new("byol", "byol", "no predictor",
            [.. s_adam, "projector.hidden=256", "projector.output=128", "predictor.hidden=256", "ema.momentum=0.9"], ["predictor.layers=0"]),
        new("vicreg-variance", "vicreg", "no variance term", s_vicreg, ["variance=0"]),
        new("vicreg-covariance", "vicreg", "no covariance term", s_vicreg, ["covariance=0"]),
        new("swav", "swav", "no Sinkhorn iterations",
            ["prototypes=100", "projector.hidden=256", "projector.output=128", "local_views.count=0", "queue.length=0"], ["sinkhorn_iterations=0"]),
        new("dino", "dino", "no centre",
            [
                "optimizer.learning_rate=0.002", "prototypes=512", "projector.hidden=256", "projector.bottleneck=64", "projector.norm=true",
                "local_views.count=0", "ema.momentum=0.9",
            ],
            ["center_momentum=1"]),
        new("trivial", "simclr", "begins at the trivial solution", ["optimizer.name=sgd", "optimizer.weight_decay=0.0001", "optimizer.learning_rate=0.3"], []),
    ];
}
