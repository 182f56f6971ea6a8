namespace Jem.Imaging;

/// <summary>The work failed for a reason outside the program; the message is one line that says what and where. Exit code 1.</summary>
public class JemException : Exception
{
    public JemException(string message)
        : base(message)
    {
    }

    public JemException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
