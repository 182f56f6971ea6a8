namespace Jem.Embed.Tool.Commands;

/// <summary>The command was used wrongly; the message is one line that says how to mend it. Exit code 2.</summary>
internal sealed class EmbedUsageException(string message) : Exception(message);
