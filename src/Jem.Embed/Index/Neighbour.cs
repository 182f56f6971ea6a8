namespace Jem.Embed.Index;

/// <summary>An item that is similar to a query.</summary>
/// <param name="Rank">From 1.</param>
/// <param name="Similarity">The cosine, from −1 to 1.</param>
/// <param name="Path">The item's name; in an index of files, where the file was when the index was made.</param>
public sealed record Neighbour(int Rank, float Similarity, string Path);
