using Jem.Imaging;

namespace Jem.Trainer.Training;

/// <summary>Training cannot go on.</summary>
public class TrainingException(string message, Exception? cause = null) : JemException(message, cause);
