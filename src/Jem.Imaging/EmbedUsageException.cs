namespace Jem.Imaging;

/// <summary>The command was used wrongly; the message is one line that says how to mend it. Exit code 2.</summary>
public sealed class EmbedUsageException(string message) : Exception(message);
