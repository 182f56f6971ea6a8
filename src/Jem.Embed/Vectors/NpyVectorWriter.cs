using System.Runtime.InteropServices;
using System.Text;
using Jem.Imaging.Files;

namespace Jem.Embed.Vectors;

/// <summary>
/// NumPy's .npy with the vectors as float32 [count, dimension], and the names, one per line (see <see cref="NameLines"/>), in a .txt
/// beside it. A program that is killed while it replaces both may leave vectors without names, never with the names of others.
/// </summary>
public sealed class NpyVectorWriter : VectorWriter
{
    private readonly AtomicFile _vectors;
    private readonly AtomicFile _names;
    // It holds nothing but the stream of the file, which closes it.
    private readonly StreamWriter _nameText;
    private long _count;

    /// <inheritdoc cref="VectorWriter.Create(string, int)"/>
    public NpyVectorWriter(string path, int dimension)
        : base(dimension)
    {
        _vectors = Create(path);
        try
        {
            _vectors.Stream.Write(NpyFile.Header(0, dimension));
            _names = Create(NamesPath(path));
        }
        catch
        {
            _vectors.Dispose();
            throw;
        }

        _nameText = new StreamWriter(_names.Stream, new UTF8Encoding(false)) { NewLine = "\n" };
    }

    /// <summary>Where the names of a .npy file are: <c>vectors.npy</c> has <c>vectors.txt</c>.</summary>
    public static string NamesPath(string path) => Path.ChangeExtension(path, ".txt");

    protected override async Task WriteRowsAsync(IReadOnlyList<string> names, VectorMatrix vectors)
    {
        foreach (var name in names)
        {
            await _nameText.WriteLineAsync(NameLines.ToLine(name));
        }

        _vectors.Stream.Write(MemoryMarshal.AsBytes(vectors.Data.Span));
        _count += vectors.Count;
    }

    public override async Task CompleteAsync()
    {
        // The header has room for any count, so that it can be set right in the end.
        _vectors.Stream.Position = 0;
        _vectors.Stream.Write(NpyFile.Header(_count, Dimension));
        await _nameText.FlushAsync();

        // All that needs room on the disk is done before the old files go.
        _vectors.Stream.Flush(flushToDisk: true);
        _names.Stream.Flush(flushToDisk: true);

        // Whenever this stops, names that are there belong to the vectors beside them.
        File.Delete(_names.Path);
        Disk.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(_names.Path))!);
        _vectors.Commit();
        _names.Commit();
    }

    protected override void Dispose(bool disposing)
    {
        _names.Dispose();
        _vectors.Dispose();
    }
}
