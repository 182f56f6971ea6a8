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
    /// <exception cref="ArgumentException">There are not as many names as vectors.</exception>
    /// <exception cref="JemException">A vector is not finite; the message has its name.</exception>
    public VectorIndex(IReadOnlyList<string> names, VectorMatrix vectors, string encoderSha256)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(encoderSha256);
        if (names.Count != vectors.Count)
        {
            throw new ArgumentException($"There are {names.Count} names for {vectors.Count} vectors; expected one each.", nameof(names));
        }

        vectors.RequireFinite(row => names[row]);
        (Names, EncoderSha256, _vectors) = (names, encoderSha256, vectors.ToUnitLength());
    }

    private VectorIndex(string folder, IReadOnlyList<string> names, VectorMatrix unitVectors, IndexManifest manifest, string? root, IDisposable owner)
    {
        (Folder, Names, EncoderSha256, _vectors, _owner) = (folder, names, manifest.EncoderSha256, unitVectors, owner);
        Root = root is null ? FindRoot(folder, manifest, names) : Path.GetFullPath(root);
    }

    /// <summary>What was indexed, in the order of the vectors.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Identifies the encoder that made the vectors.</summary>
    public string EncoderSha256 { get; }

    /// <summary>The folder of the index; null in memory.</summary>
    public string? Folder { get; }

    /// <summary>
    /// The folder that the names are relative to, or nothing. It is the one that was given on opening. Otherwise it is where the pictures
    /// were when the index was made, or, if they have been moved with it, where they are beside it now.
    /// </summary>
    public string Root { get; } = "";

    /// <summary>How many vectors there are.</summary>
    public int Count => _vectors.Count;

    /// <summary>Numbers per vector.</summary>
    public int Dimension => _vectors.Dimension;

    /// <summary>Opens an index that <see cref="IndexWriter"/> wrote. Its vectors are mapped, not read.</summary>
    /// <param name="folder">The folder of the index.</param>
    /// <param name="root">Where the items are, if they are not where they were.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder is no index.</exception>
    /// <exception cref="JemException">The index is damaged.</exception>
    public static VectorIndex Open(string folder, string? root = null)
    {
        const int Attempts = 50;
        ArgumentException.ThrowIfNullOrEmpty(folder);
        for (var attempt = 1; ; attempt++)
        {
            var whole = IndexFolder.Whole(folder);
            IndexManifest? manifest = null;
            VectorIndex index;
            try
            {
                manifest = IndexManifest.Read(whole);
                index = Open(whole, manifest, root);
            }
            catch (Exception error) when (error is IOException or JemException && attempt < Attempts
                && (manifest is null ? IndexFolder.IsInWork(folder) : IsReplaced(whole, manifest)))
            {
                // A writer is between the old index and the new one.
                Thread.Sleep(attempt / 10);
                continue;
            }

            // Opened by parts, they may be those of an index and of the one that replaced it meanwhile.
            if (!IsReplaced(whole, manifest))
            {
                return index;
            }

            index.Dispose();
        }
    }

    /// <summary>Makes sure that an encoder is the one that made the index.</summary>
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
    /// <param name="k">At least 1.</param>
    /// <exception cref="ArgumentException">The query has another dimension, or k is below 1.</exception>
    /// <exception cref="JemException">The query is not finite.</exception>
    public IReadOnlyList<Neighbour> Search(ReadOnlySpan<float> query, int k)
    {
        // What is empty is no vector, and gets the message of the other wrong sizes.
        RequireDimension(query.Length);
        var nearest = Search(new VectorMatrix(query.ToArray(), 1, query.Length), k);
        return [.. nearest.AllRows.Zip(nearest.AllSimilarities, (row, similarity) => (row, similarity))
            .Select((found, i) => new Neighbour(i + 1, found.similarity, Path.Combine(Root, Names[found.row])))];
    }

    /// <summary>The same for many queries at once, as rows of the index.</summary>
    /// <param name="queries">Embeddings of any length, [Q, D].</param>
    /// <param name="k">At least 1.</param>
    /// <inheritdoc cref="Search(ReadOnlySpan{float}, int)"/>
    public NearestRows Search(VectorMatrix queries, int k, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        RequireDimension(queries.Dimension);
        return ExactSearch.Nearest(queries.ToUnitLength(), _vectors, k, cancellation).AsCosines();
    }

    /// <summary>Lets go of the vectors. No search may be going on.</summary>
    public void Dispose() => _owner?.Dispose();

    private static VectorIndex Open(string folder, IndexManifest manifest, string? root)
    {
        var path = Path.Combine(folder, IndexWriter.VectorsFile);
        var names = NpyVectorWriter.NamesPath(path);
        if (!File.Exists(path) || !File.Exists(names))
        {
            throw new JemException($"The index {folder} has lost {Path.GetFileName(File.Exists(path) ? names : path)}. Make it again.");
        }

        var vectors = NpyFile.Map(path, out var owner);
        try
        {
            if (vectors.Count != manifest.Count || vectors.Dimension != manifest.Dimension)
            {
                throw new JemException(
                    $"The index {folder} is damaged: {IndexManifest.FileName} says {manifest.Count} vectors of {manifest.Dimension}, "
                    + $"{IndexWriter.VectorsFile} has {vectors.Count} of {vectors.Dimension}. Make it again.");
            }

            string[] lines = [.. File.ReadLines(names).Select(NameLines.FromLine)];
            return lines.Length == vectors.Count
                ? new VectorIndex(folder, lines, vectors, manifest, root, owner)
                : throw new JemException(
                    $"The index {folder} is damaged: it has {lines.Length} names for {vectors.Count} vectors; expected one each. Make it again.");
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    private static bool IsReplaced(string folder, IndexManifest manifest)
    {
        try
        {
            return IndexManifest.Read(folder) != manifest;
        }
        catch (IOException)
        {
            return true;
        }
    }

    // Some of the names are enough to know a place by; any of them, for pictures may have gone since.
    private static string FindRoot(string folder, IndexManifest manifest, IReadOnlyList<string> names)
    {
        var tried = Math.Min(8, names.Count);
        var beside = manifest.RootFromIndex is { } path ? Path.GetFullPath(path, Path.GetFullPath(folder)) : manifest.Root;
        return beside != manifest.Root && Enumerable.Range(0, tried).Any(i => File.Exists(Path.Combine(beside, names[(int)((long)i * names.Count / tried)])))
            ? beside
            : manifest.Root;
    }

    private void RequireDimension(int dimension)
    {
        if (dimension != Dimension)
        {
            throw new ArgumentException($"A query has {dimension} numbers; the vectors of the index have {Dimension}.");
        }
    }

    private static string Short(string hash) => hash.Length > 12 ? $"{hash[..12]}…" : hash;
}
