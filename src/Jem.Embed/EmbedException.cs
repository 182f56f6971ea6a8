namespace Jem.Embed;

/// <summary>The work failed for a reason outside the program; the message is one line that says what and where. Exit code 1.</summary>
public class EmbedException : Exception
{
    public EmbedException(string message)
        : base(message)
    {
    }

    public EmbedException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
