using Jem.Imaging.Files;

namespace Jem.Embed.Vectors;

/// <summary>
/// Writes named vectors to a file, batch by batch. The file appears under its name with <see cref="CompleteAsync"/>;
/// disposing the writer before that leaves nothing behind.
/// </summary>
public abstract class VectorWriter : IDisposable
{
    /// <summary>The endings that <see cref="Create(string, int)"/> knows.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".parquet", ".npy", ".csv"];

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

    /// <param name="names">One per vector.</param>
    public abstract Task WriteAsync(IReadOnlyList<string> names, VectorMatrix vectors);

    /// <summary>Finishes the file and gives it its name.</summary>
    public abstract Task CompleteAsync();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    /// <summary>A file to write, in a folder that is made if it is not there.</summary>
    private protected static AtomicFile Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new AtomicFile(path);
    }
}
