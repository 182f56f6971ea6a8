using Jem.Embed.Runtime;
using Jem.Embed.Vectors;
using Jem.Imaging;

namespace Jem.Embed.Index;

/// <summary>
/// Named vectors of one encoder and the search among them by cosine. Safe to use from many threads until it is disposed: dispose
/// it only when every search has ended, for a search in mapped vectors that are gone ends the process.
/// </summary>
public sealed class VectorIndex : IDisposable
{
    private readonly VectorMatrix _vectors;
    private readonly IDisposable? _owner;

    /// <summary>An index in memory.</summary>
    /// <param name="names">One per vector.</param>
    /// <param name="vectors">Of any length.</param>
    /// <param name="encoderSha256">Identifies the encoder that made them.</param>
    public VectorIndex(IReadOnlyList<string> names, VectorMatrix vectors, string encoderSha256)
        : this(names, vectors.ToUnitLength(), encoderSha256, "", null)
    {
    }

    private VectorIndex(IReadOnlyList<string> names, VectorMatrix unitVectors, string encoderSha256, string root, IDisposable? owner)
    {
        if (names.Count != unitVectors.Count)
        {
            throw new JemException($"The index has {names.Count} names for {unitVectors.Count} vectors; expected one each. It is damaged: make it again.");
        }

        (Names, EncoderSha256, Root, _vectors, _owner) = (names, encoderSha256, root, unitVectors, owner);
    }

    public IReadOnlyList<string> Names { get; }

    public string EncoderSha256 { get; }

    /// <summary>The folder that the names were relative to when the index was made, or nothing.</summary>
    public string Root { get; }

    public int Count => _vectors.Count;

    public int Dimension => _vectors.Dimension;

    /// <summary>Opens an index that <see cref="IndexWriter"/> wrote. Its vectors are mapped, not read.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder is no index.</exception>
    /// <exception cref="JemException">The index is damaged.</exception>
    public static VectorIndex Open(string folder)
    {
        var manifest = IndexManifest.Read(folder);
        var path = Path.Combine(folder, IndexWriter.VectorsFile);
        var names = NpyVectorWriter.NamesPath(path);
        if (!File.Exists(path) || !File.Exists(names))
        {
            throw new JemException($"The index {folder} has lost {Path.GetFileName(File.Exists(path) ? names : path)}. Make it again.");
        }

        var vectors = NpyFile.Map(path, out var owner);
        try
        {
            return vectors.Count == manifest.Count && vectors.Dimension == manifest.Dimension
                ? new VectorIndex(File.ReadAllLines(names), vectors, manifest.EncoderSha256, manifest.Root, owner)
                : throw new JemException(
                    $"The index {folder} is damaged: {IndexManifest.FileName} says {manifest.Count} vectors of {manifest.Dimension}, "
                    + $"{IndexWriter.VectorsFile} has {vectors.Count} of {vectors.Dimension}. Make it again.");
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    /// <exception cref="JemException">Another encoder made the index: its embeddings and this one's cannot be compared.</exception>
    public void CheckEncoder(Encoder encoder)
    {
        if (encoder.Sha256 != EncoderSha256)
        {
            throw new JemException(
                $"The index was made with another encoder (SHA-256 {Short(EncoderSha256)}) than {encoder.Name} ({Short(encoder.Sha256)}): "
                + "similarities would mean nothing. Use the encoder in the index, or make it again.");
        }
    }

    /// <summary>The <paramref name="k"/> most similar items (or all, if there are fewer), best first.</summary>
    /// <param name="query">An embedding of any length.</param>
    public IReadOnlyList<Neighbour> Search(ReadOnlySpan<float> query, int k)
    {
        var nearest = Search(new VectorMatrix(query.ToArray(), 1, query.Length), k);
        return [.. nearest.AllRows.Zip(nearest.AllSimilarities, (row, similarity) => (row, similarity))
            .Select((found, i) => new Neighbour(i + 1, found.similarity, Path.Combine(Root, Names[found.row])))];
    }

    /// <summary>The same for many queries at once, as rows of the index.</summary>
    /// <param name="queries">Embeddings of any length, [Q, D].</param>
    public NearestRows Search(VectorMatrix queries, int k, CancellationToken cancellation = default) =>
        ExactSearch.Nearest(queries.ToUnitLength(), _vectors, k, cancellation);

    public void Dispose() => _owner?.Dispose();

    private static string Short(string hash) => hash.Length > 12 ? $"{hash[..12]}…" : hash;
}
