using Jem.Embed.Runtime;
using Jem.Embed.Vectors;
using Jem.Imaging.Files;

namespace Jem.Embed.Index;

/// <summary>
/// Writes an index: a folder of <c>index.json</c>, <c>vectors.npy</c> (unit length), <c>vectors.txt</c> (names, one per line) and
/// <c>encoder.onnx</c> (a copy, so that a search needs nothing else). The folder appears under its name when it is whole.
/// </summary>
public sealed class IndexWriter : IDisposable
{
    public const string VectorsFile = "vectors.npy";
    public const string EncoderFile = "encoder.onnx";

    private static readonly string[] s_files = [IndexManifest.FileName, VectorsFile, Path.GetFileName(NpyVectorWriter.NamesPath(VectorsFile)), EncoderFile];

    private readonly string _folder;
    private readonly string _part;
    private readonly Encoder _encoder;
    private readonly string _root;
    private readonly NpyVectorWriter _vectors;
    private int _count;

    /// <param name="root">The folder that the items' names are relative to.</param>
    public IndexWriter(string folder, Encoder encoder, string root)
    {
        _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        (_part, _encoder, _root) = ($"{_folder}.part", encoder, Path.GetFullPath(root));
        Remove(_part);
        Directory.CreateDirectory(_part);
        _vectors = new NpyVectorWriter(Path.Combine(_part, VectorsFile), encoder.Info.Dimension);
    }

    /// <summary>Whether a folder may be replaced by an index: there is nothing in it but the files of one.</summary>
    public static bool MayReplace(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).All(entry => File.Exists(entry) && s_files.Contains(Path.GetFileName(entry)));

    public async Task WriteAsync(IReadOnlyList<string> names, VectorMatrix vectors)
    {
        await _vectors.WriteAsync(names, vectors.ToUnitLength());
        _count += vectors.Count;
    }

    public async Task CompleteAsync()
    {
        await _vectors.CompleteAsync();
        _encoder.Save(Path.Combine(_part, EncoderFile));
        var place = _encoder.Path is { } path ? Path.GetFullPath(path) : _encoder.Name;
        new IndexManifest(1, _count, _encoder.Info.Dimension, _encoder.Sha256, place, _root).Write(_part);
        Remove(_folder);
        Directory.Move(_part, _folder);
        Disk.FlushFolder(Path.GetDirectoryName(_folder)!);
    }

    public void Dispose()
    {
        _vectors.Dispose();
        Remove(_part);
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
