using Jem.Imaging;

namespace Jem.Trainer.Data;

/// <summary>Data are missing, broken or not what they were said to be. The message is one line for the person who named them.</summary>
public sealed class DataException(string message, Exception? cause = null) : JemException(message, cause);
