using Jem.Imaging.Files;

namespace Jem.Trainer.Data.Cache;

/// <summary>Where caches are kept. Several runs may use it at once.</summary>
internal sealed class CacheFolder
{
    /// <summary>An environment variable that names the folder.</summary>
    public const string Variable = "JEM_CACHE";

    private const string Ending = ".pixels";
    private static readonly TimeSpan s_unused = TimeSpan.FromDays(60);
    private readonly string _path;
    private readonly long _limit;

    private CacheFolder(string path, long limit) => (_path, _limit) = (path, limit);

    /// <summary>Bytes that one more cache may take.</summary>
    public long Room => Math.Min(_limit, new DriveInfo(_path).AvailableFreeSpace / 2);

    /// <exception cref="IOException">There can be no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static CacheFolder Open(DataOpening opening)
    {
        var path = Place(opening);
        Directory.CreateDirectory(path);
        return new CacheFolder(path, opening.CacheBytes);
    }

    /// <summary>The folder's path, whether or not it is there.</summary>
    public static string Place(DataOpening opening)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        var user = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Path.Combine(home, ".cache");
        var usual = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen ? chosen : Path.Combine(user, "jem");
        return Path.GetFullPath(opening.CacheFolder ?? usual);
    }

    /// <summary>The cache of this key, if there is a whole one.</summary>
    public CacheFile? Find(string key)
    {
        var path = PathOf(key);
        var file = CacheFile.Open(path);
        if (file is not null)
        {
            // What was used last is deleted last.
            Quietly(() => File.SetLastWriteTimeUtc(path, DateTime.UtcNow));
        }

        return file;
    }

    /// <summary>Removes a cache that is found to be broken, so that it is made anew when it is asked for again.</summary>
    public void Remove(string key) => Quietly(() => File.Delete(PathOf(key)));

    public CacheWriter Create(string key)
    {
        RemoveUnfinished();
        return new CacheWriter(PathOf(key), Room);
    }

    /// <summary>Deletes the caches that were not used for longest until the rest is within the limit.</summary>
    /// <param name="key">The one that stays.</param>
    public void Tidy(string key)
    {
        var kept = 0L;
        var files = new DirectoryInfo(_path).GetFiles($"*{Ending}");
        foreach (var file in files.OrderByDescending(file => file.FullName == PathOf(key)).ThenByDescending(file => file.LastWriteTimeUtc))
        {
            kept += file.Length;
            if (file.FullName != PathOf(key) && (kept > _limit || file.LastWriteTimeUtc < DateTime.UtcNow - s_unused))
            {
                kept -= file.Length;
                Quietly(file.Delete);
            }
        }
    }

    // A run that was killed leaves its temporary file, which nobody holds any more.
    private void RemoveUnfinished()
    {
        foreach (var path in Directory.GetFiles(_path, $"*{AtomicFile.Partial}"))
        {
            Quietly(() => new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose());
        }
    }

    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another run uses it, or did this first.
        }
    }

    private string PathOf(string key) => Path.Combine(_path, $"{key}{Ending}");
}
