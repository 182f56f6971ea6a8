namespace Jem.Trainer.Training;

/// <summary>Training stopped because the embeddings have collapsed; what was learnt is saved.</summary>
public sealed class CollapseException(string message) : TrainingException(message);
