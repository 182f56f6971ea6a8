using Jem.Embed.Vectors;
using Jem.Imaging.Files;

namespace Jem.Embed.Index;

/// <summary>
/// The place of an index while one is written. Everything that is not the index itself lies in a folder beside it,
/// <c>INDEX.part</c>: a lock, the index in the making, and, for a moment, the one that it replaces. The lock is what tells that
/// the folder is ours. Only files that an index consists of are ever removed.
/// </summary>
internal sealed class IndexFolder : IDisposable
{
    public const string VectorsFile = "vectors.npy";
    public const string EncoderFile = "encoder.onnx";

    private const string Lock = "jem-index.lock";

    private static readonly string[] s_files = [IndexManifest.FileName, VectorsFile, NpyVectorWriter.NamesPath(VectorsFile), EncoderFile];

    private readonly string _name;
    private readonly string _folder;
    private readonly bool _overwrite;
    private readonly FileLock _lock;

    /// <param name="folder">Where the index is to be.</param>
    /// <param name="overwrite">Whether an index that is there may be replaced.</param>
    /// <exception cref="IndexPlaceException">Something else is there, or somebody else writes an index there.</exception>
    public IndexFolder(string folder, bool overwrite)
    {
        (_name, _folder, _overwrite) = (folder, RealPath(folder), overwrite);
        RequireRoom();
        _lock = TakeLock();
        try
        {
            Settle();
            RequireRoom();
            if (Directory.Exists(Replaced))
            {
                throw new IndexPlaceException($"{Replaced} has files of yours of names that are in {_name} as well. Move them away.");
            }

            Directory.CreateDirectory(Making);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The folder of the index in the making.</summary>
    public string Making => Path.Combine(Working(_folder), "new");

    /// <summary>Where the index will be, without links.</summary>
    public string Target => _folder;

    private string Replaced => ReplacedBy(_folder);

    /// <summary>Where the whole index of that name is: there, or set aside by a writer that was stopped before it had put the new one in its place.</summary>
    public static string Whole(string folder) =>
        !File.Exists(Path.Combine(folder, IndexManifest.FileName)) && ReplacedBy(RealPath(folder)) is var old
            && File.Exists(Path.Combine(old, IndexManifest.FileName))
            ? old
            : folder;

    /// <summary>Whether a writer prepares an index of that name, or was stopped while it did.</summary>
    public static bool IsInWork(string folder) => File.Exists(Path.Combine(Working(RealPath(folder)), Lock));

    /// <summary>Puts the new index in its place. The old one goes when the new one is there.</summary>
    /// <exception cref="IndexPlaceException">Something else is there by now.</exception>
    public void Commit()
    {
        RequireRoom();
        if (Directory.Exists(_folder))
        {
            Directory.Move(_folder, Replaced);
        }

        Directory.Move(Making, _folder);
        Disk.FlushFolder(Path.GetDirectoryName(_folder)!);
    }

    public void Dispose()
    {
        try
        {
            Settle();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to tell of. The next writer tries again.
        }

        // While something is left in it, the lock's file says whose the folder is.
        _lock.Removes = !Directory.Exists(Making) && !Directory.Exists(Replaced);
        _lock.Dispose();
        RemoveIfEmpty(Working(_folder));
    }

    private static string Working(string folder) => $"{folder}.part";

    private static string ReplacedBy(string folder) => Path.Combine(Working(folder), "old");

    // A link to a folder stays one.
    private static string RealPath(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return new DirectoryInfo(path).LinkTarget is null ? path : Directory.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
    }

    private FileLock TakeLock()
    {
        var working = Working(_folder);
        while (true)
        {
            Directory.CreateDirectory(working);
            var path = Path.Combine(working, Lock);
            try
            {
                if (!File.Exists(path) && Directory.EnumerateFileSystemEntries(working).Any(entry => entry != path))
                {
                    throw new IndexPlaceException(
                        $"{working} is in the way: an index is prepared there, and no writer of this version made it. Move or remove it.");
                }

                return FileLock.TryTake(path)
                    ?? throw new IndexPlaceException($"{_name} is being written by somebody else at this moment.");
            }
            catch (DirectoryNotFoundException)
            {
                // The last holder has just removed it.
            }
        }
    }

    // What a writer left, this one or one that was stopped, is brought to its end: the index is the old one or the new one,
    // and nothing but that is kept.
    private void Settle()
    {
        if (!IndexManifest.IsIn(_folder) && IndexManifest.IsIn(Replaced))
        {
            RemoveIfEmpty(_folder);
            Directory.Move(Replaced, _folder);
        }

        Remove(Making, [.. s_files, .. s_files.Select(file => file + AtomicFile.Partial)]);
        Remove(Replaced, s_files);
    }

    // What somebody else put into the folder of the old index stays in the folder of the new one.
    private void Remove(string folder, string[] files)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var file in files)
        {
            File.Delete(Path.Combine(folder, file));
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Where(_ => Directory.Exists(_folder)).ToList())
        {
            var kept = Path.Combine(_folder, Path.GetFileName(entry));
            if (!Path.Exists(kept))
            {
                Directory.Move(entry, kept);
            }
        }

        RemoveIfEmpty(folder);
    }

    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // There is something in it, or it is gone.
        }
    }

    private void RequireRoom()
    {
        if (File.Exists(_folder))
        {
            throw new IndexPlaceException($"{_name} is a file; an index is a folder.");
        }

        if (!Directory.Exists(_folder) || !Directory.EnumerateFileSystemEntries(_folder).Any())
        {
            return;
        }

        if (!IndexManifest.IsIn(_folder))
        {
            throw new IndexPlaceException($"{_name} is a folder with other things in it, and no index; it is left as it is.");
        }

        if (!_overwrite)
        {
            throw new IndexPlaceException($"{_name} exists.") { IsIndex = true };
        }
    }
}
