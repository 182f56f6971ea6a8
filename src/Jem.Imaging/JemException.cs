namespace Jem.Imaging;

/// <summary>
/// Something failed for a reason outside the program, such as a file that is not what it should be. The message is one line
/// for the person who can mend it; programs end with exit code 1. It is the base of all such exceptions of Jem.
/// </summary>
public class JemException : Exception
{
    /// <param name="message">What failed, where, and what to do.</param>
    public JemException(string message)
        : base(message)
    {
    }

    /// <param name="message">What failed, where, and what to do.</param>
    /// <param name="cause">The exception that led to this one, if there is one.</param>
    public JemException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}
