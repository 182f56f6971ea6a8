using Jem.Embed.Runtime;
using Jem.Embed.Vectors;

namespace Jem.Embed.Index;

/// <summary>
/// Writes an index: a folder of <c>index.json</c>, <c>vectors.npy</c> (unit length), <c>vectors.txt</c> (names, see
/// <see cref="NameLines"/>) and <c>encoder.onnx</c> (a copy, so that a search needs nothing else). The folder appears under its
/// name when it is whole, and an index that it replaces is there until then. One writer at a time has the place to itself.
/// </summary>
public sealed class IndexWriter : IDisposable
{
    public const string VectorsFile = IndexFolder.VectorsFile;
    public const string EncoderFile = IndexFolder.EncoderFile;

    private readonly IndexFolder _place;
    private readonly Encoder _encoder;
    private readonly string _root;
    private readonly NpyVectorWriter _vectors;
    private int _count;

    /// <param name="folder">Where the index is to be. There must be nothing, an empty folder, or an index.</param>
    /// <param name="encoder">What makes the vectors.</param>
    /// <param name="root">The folder that the items' names are relative to.</param>
    /// <param name="overwrite">
    /// Whether an index that is there may be replaced. Only the files of an index are removed; others in its folder stay in the folder.
    /// </param>
    /// <exception cref="IndexPlaceException">Something else is there, or somebody else writes an index there.</exception>
    public IndexWriter(string folder, Encoder encoder, string root, bool overwrite = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentException.ThrowIfNullOrEmpty(root);
        (_encoder, _root) = (encoder, Path.GetFullPath(root));
        _place = new IndexFolder(folder, overwrite);
        try
        {
            _vectors = new NpyVectorWriter(Path.Combine(_place.Making, VectorsFile), encoder.Info.Dimension);
        }
        catch
        {
            _place.Dispose();
            throw;
        }
    }

    /// <summary>Adds items.</summary>
    /// <param name="names">Of the items, one per vector.</param>
    /// <param name="vectors">Of any length.</param>
    /// <exception cref="ArgumentException">They are not as many as the names, or not of the encoder's dimension.</exception>
    /// <exception cref="Jem.Imaging.JemException">A vector is not finite; the message has its name.</exception>
    public async Task WriteAsync(IReadOnlyList<string> names, VectorMatrix vectors)
    {
        _vectors.Check(names, vectors);
        await _vectors.WriteAsync(names, vectors.ToUnitLength());
        _count += vectors.Count;
    }

    /// <summary>Finishes the index and puts it in its place.</summary>
    /// <exception cref="IndexPlaceException">Something else is there by now.</exception>
    public async Task CompleteAsync()
    {
        await _vectors.CompleteAsync();
        _encoder.Save(Path.Combine(_place.Making, EncoderFile));
        var encoder = _encoder.Path is { } path ? Path.GetFullPath(path) : _encoder.Name;
        var fromIndex = Path.GetRelativePath(_place.Target, _root);
        new IndexManifest(1, _count, _encoder.Info.Dimension, _encoder.Sha256, encoder, _root)
        {
            RootFromIndex = Path.IsPathRooted(fromIndex) ? null : fromIndex.Replace(Path.DirectorySeparatorChar, '/'),
            Id = $"{Guid.NewGuid():N}",
        }.Write(_place.Making);
        _place.Commit();
    }

    /// <summary>Lets go of the place. What was not completed is removed.</summary>
    public void Dispose()
    {
        _vectors.Dispose();
        _place.Dispose();
    }
}
