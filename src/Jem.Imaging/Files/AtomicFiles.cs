using System.Text;

namespace Jem.Imaging.Files;

/// <summary>
/// Files that belong together. All are written under other names and forced to the disk before the first gets its own, so a full disk leaves
/// what was there. Only a machine that stops between two renames leaves new files beside old ones: the last file added gets its name last,
/// and is the one to say what belongs to it.
/// </summary>
public sealed class AtomicFiles : IDisposable
{
    private readonly List<(string Path, AtomicFile File)> _files = [];

    /// <summary>Writes one of the files under another name.</summary>
    /// <param name="path">The file's name; its folder must be there.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Add(string path, Action<Stream> write)
    {
        var file = new AtomicFile(path);
        _files.Add((path, file));
        write(file.Stream);
    }

    /// <inheritdoc cref="Add(string, Action{Stream})"/>
    /// <param name="content">The bytes.</param>
    public void Add(string path, byte[] content) => Add(path, file => file.Write(content));

    /// <inheritdoc cref="Add(string, Action{Stream})"/>
    /// <param name="text">Written as UTF-8.</param>
    public void Add(string path, string text) => Add(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Gives all files their names, in the order in which they were added.</summary>
    /// <exception cref="IOException">
    /// What had the names before still has them; but a file that the system refuses to replace, as Windows does while it is read, leaves new
    /// files beside old ones as a machine that stops does.
    /// </exception>
    public void Commit()
    {
        // What can go wrong goes wrong here, before the first name is given.
        _files.ForEach(file => file.File.Stream.Flush(flushToDisk: true));
        if (_files.FirstOrDefault(file => Directory.Exists(file.Path)).Path is { } folder)
        {
            throw new IOException($"{folder} is a folder; expected a file, or nothing. Move it away.");
        }

        _files.ForEach(file => file.File.GiveName());
    }

    /// <summary>Closes the files; without <see cref="Commit"/> nothing is left of them.</summary>
    public void Dispose() => _files.ForEach(file => file.File.Dispose());
}
