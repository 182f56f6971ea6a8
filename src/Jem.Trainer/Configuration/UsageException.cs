namespace Jem.Trainer.Configuration;

/// <summary>The command was used wrongly; the message is one line that says how to mend it. Exit code 2.</summary>
public sealed class UsageException(string message) : Exception(message);
