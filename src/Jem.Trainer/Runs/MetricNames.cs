namespace Jem.Trainer.Runs;

/// <summary>The names in <c>metrics.jsonl</c> that mean the same in every run. A program's other outputs and scalars have its names for them.</summary>
public static class MetricNames
{
    public const string Step = "step", Epoch = "epoch", Loss = "loss", LearningRate = "learning_rate";

    public const string ImagesPerSecond = "images_per_second", LoaderWait = "loader_wait", Knn = "knn";

    public const string EmbeddingStd = "embedding_std", EmbeddingScale = "embedding_scale", EffectiveRank = "effective_rank";

    /// <summary>A <see cref="Collapse.CollapseKind"/> by its number; 0 is none.</summary>
    public const string Collapse = "collapse";
}
