namespace Jem.Graphs.Ir;

/// <summary>What an input or output of a stage graph means to the one who runs it.</summary>
public enum Role
{
    /// <summary>Filled by the data pipeline each step: views, image ids, masks.</summary>
    Batch,

    /// <summary>Trained by gradient; an input and an output.</summary>
    Parameter,

    /// <summary>Carried from step to step but not trained by gradient: optimiser moments, running statistics, teachers, queues.</summary>
    State,

    /// <summary>Set by a schedule each step: learning rate, EMA momentum, temperature.</summary>
    Scalar,

    /// <summary>Reported: the loss, its terms, the embeddings.</summary>
    Metric,
}
