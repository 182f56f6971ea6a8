namespace Jem.Imaging.Files;

/// <summary>
/// A file that gets its name only when it is whole: until <see cref="Commit"/> it is called <c>name.part</c>,
/// and disposing it before that removes it.
/// </summary>
public sealed class PartialFile : IDisposable
{
    private readonly string _path;
    private bool _committed;

    public PartialFile(string path)
    {
        _path = path;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        Stream = File.Create(PartPath);
    }

    public FileStream Stream { get; }

    private string PartPath => $"{_path}.part";

    public void Commit()
    {
        Stream.Dispose();
        File.Move(PartPath, _path, overwrite: true);
        _committed = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_committed)
        {
            File.Delete(PartPath);
        }
    }
}
