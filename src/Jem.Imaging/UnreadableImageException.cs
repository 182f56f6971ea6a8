namespace Jem.Imaging;

/// <summary>A file that is there cannot be read as an image.</summary>
/// <param name="path">The file.</param>
/// <param name="reason">Why, as a sentence without the file's name.</param>
/// <param name="cause">The exception that led to this one.</param>
public sealed class UnreadableImageException(string path, string reason, Exception cause)
    : JemException($"Cannot read {path} as an image: {reason}", cause)
{
    /// <summary>Why, as a sentence without the file's name.</summary>
    public string Reason { get; } = reason;
}
