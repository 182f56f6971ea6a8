using Jem.Imaging;
using Jem.Imaging.Files;

namespace Jem.Embed.Vectors;

/// <summary>
/// Writes named vectors to a file, batch by batch. The file appears under its name with <see cref="CompleteAsync"/>;
/// disposing the writer before that leaves nothing behind.
/// </summary>
public abstract class VectorWriter : IDisposable
{
    /// <param name="dimension">Numbers per vector.</param>
    protected VectorWriter(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        Dimension = dimension;
    }

    /// <summary>The endings that <see cref="Create(string, int)"/> knows.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".parquet", ".npy", ".csv"];

    /// <summary>Numbers per vector.</summary>
    public int Dimension { get; }

    /// <summary>All files that a path stands for: a .npy file has its names beside it.</summary>
    public static IReadOnlyList<string> FilesOf(string path) =>
        Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase) ? [path, NpyVectorWriter.NamesPath(path)] : [path];

    /// <summary>A writer by the ending of the path. Existing files are replaced.</summary>
    /// <exception cref="ArgumentException">The ending is unknown.</exception>
    public static VectorWriter Create(string path, int dimension) => CheckExtension(path) switch
    {
        ".parquet" => new ParquetVectorWriter(path, dimension),
        ".npy" => new NpyVectorWriter(path, dimension),
        _ => new CsvVectorWriter(path, dimension),
    };

    /// <summary>The ending in lower case.</summary>
    /// <exception cref="ArgumentException">The ending is unknown.</exception>
    public static string CheckExtension(string path)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        return Extensions.Contains(extension)
            ? extension
            : throw new ArgumentException($"Cannot write vectors to {path}: the ending is '{extension}'; expected one of {string.Join(", ", Extensions)}.");
    }

    /// <summary>Writes the next vectors.</summary>
    /// <param name="names">One per vector.</param>
    /// <param name="vectors">Of the dimension of the file.</param>
    /// <exception cref="ArgumentException">They are not as many as the names, or of another dimension.</exception>
    /// <exception cref="JemException">A vector is not finite; the message has its name.</exception>
    public Task WriteAsync(IReadOnlyList<string> names, VectorMatrix vectors)
    {
        Check(names, vectors);
        return WriteRowsAsync(names, vectors);
    }

    /// <summary>Finishes the file and gives it its name.</summary>
    public abstract Task CompleteAsync();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="WriteAsync"/>
    protected abstract Task WriteRowsAsync(IReadOnlyList<string> names, VectorMatrix vectors);

    protected abstract void Dispose(bool disposing);

    /// <summary>Whether the vectors can be written under these names; if not, it says so by an exception.</summary>
    internal void Check(IReadOnlyList<string> names, VectorMatrix vectors)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(vectors);
        if (names.Count != vectors.Count || vectors.Dimension != Dimension)
        {
            throw new ArgumentException(
                $"{names.Count} names came with {vectors.Count} vectors of {vectors.Dimension}; expected one name per vector, and vectors of {Dimension}.",
                nameof(vectors));
        }

        vectors.RequireFinite(row => names[row]);
    }

    /// <summary>A file to write, in a folder that is made if it is not there.</summary>
    private protected static AtomicFile Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new AtomicFile(path);
    }
}
