namespace Jem.Trainer.Training;

/// <summary>Training cannot go on.</summary>
public class TrainingException(string message, Exception? cause = null) : Exception(message, cause);
