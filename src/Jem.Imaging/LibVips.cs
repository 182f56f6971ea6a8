using NetVips;

namespace Jem.Imaging;

/// <summary>Sets libvips up, once, before it is used.</summary>
internal static class LibVips
{
    // A damaged file is reported once, as an exception; libvips would also print. It keeps a pointer to the delegate.
    private static readonly Log.LogDelegate s_silence = (_, _, _) => { };

    static LibVips()
    {
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, s_silence);

        // Many images are decoded at once, one per thread, and none twice: a cache would only return files that have changed since.
        Cache.Max = 0;
        NetVips.NetVips.Concurrency = 1;
        Version = $"{NetVips.NetVips.Version(0)}.{NetVips.NetVips.Version(1)}.{NetVips.NetVips.Version(2)}";
    }

    // libvips writes the errors of all threads into one place.
    private static readonly ReaderWriterLockSlim s_errors = new();

    public static string Version { get; }

    /// <summary>Whoever calls libvips calls this first.</summary>
    public static void SetUp() => _ = Version;

    /// <summary>
    /// Does what may fail in libvips, on many threads at once. What fails is done once more while no other thread is in here, so that its
    /// message is its own.
    /// </summary>
    public static T WithOwnReason<T>(Func<T> work)
    {
        s_errors.EnterReadLock();
        try
        {
            return work();
        }
        catch (VipsException)
        {
        }
        finally
        {
            s_errors.ExitReadLock();
        }

        s_errors.EnterWriteLock();
        try
        {
            // Making an exception empties the place.
            _ = new VipsException("");
            return work();
        }
        finally
        {
            s_errors.ExitWriteLock();
        }
    }

    /// <summary>The cause in a message of libvips, which has several lines: what it could not do, then why, if it knows.</summary>
    public static string Reason(Exception error)
    {
        var lines = (error.InnerException ?? error).Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var cause = lines.LastOrDefault(line => !line.StartsWith("unable to ", StringComparison.Ordinal)) ?? "it is damaged or cut short";
        return cause.TrimEnd('.');
    }
}
