namespace Jem.Imaging;

/// <summary>A file that is there cannot be read as an image.</summary>
public sealed class UnreadableImageException(string path, string reason, Exception cause)
    : JemException($"Cannot read {path} as an image: {reason}", cause)
{
    /// <summary>Why, as a sentence without the file's name.</summary>
    public string Reason { get; } = reason;
}
