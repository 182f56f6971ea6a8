namespace Jem.Graphs.Ir;

/// <summary>What a metric or a scalar of a stage stands for, so that whoever runs it need not know its name.</summary>
public enum Meaning
{
    /// <summary>Nothing in particular: a term to report, or a scalar that only its schedule knows.</summary>
    None,

    /// <summary>The loss that is trained: a scalar output.</summary>
    Loss,

    /// <summary>What the loss compares, [rows, D], or what an encoder gives, [N, D]: an output.</summary>
    Embedding,

    /// <summary>The learning rate of most parameters: a scalar input.</summary>
    LearningRate,

    /// <summary>How well an image fits each prototype, [N, K]: an output.</summary>
    Scores,
}
