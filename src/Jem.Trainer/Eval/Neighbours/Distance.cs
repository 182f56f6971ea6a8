namespace Jem.Trainer.Eval.Neighbours;

/// <summary>By what images are near each other.</summary>
public enum Distance
{
    /// <summary>The angle: vectors are scaled to length 1.</summary>
    Cosine,

    /// <summary>The straight line between the vectors as the encoder gives them.</summary>
    Euclidean,
}
