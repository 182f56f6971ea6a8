using Jem.Imaging;

namespace Jem.Embed.Index;

/// <summary>An index cannot be written where it should be: something else is there, or somebody else writes one there.</summary>
/// <param name="message">What is there.</param>
public sealed class IndexPlaceException(string message) : JemException(message)
{
    /// <summary>Whether it is an index that is there, which the writer replaces if it is asked to.</summary>
    public bool IsIndex { get; init; }
}
