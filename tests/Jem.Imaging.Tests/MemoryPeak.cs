namespace Jem.Imaging.Tests;

/// <summary>The most memory that something takes beside what there was.</summary>
internal static class MemoryPeak
{
    /// <summary>Bytes; it is looked at every few milliseconds, so that it works on every system.</summary>
    public static long Of(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (before, most, done) = (Environment.WorkingSet, 0L, false);
        var watch = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                most = Math.Max(most, Environment.WorkingSet);
                Thread.Sleep(2);
            }
        });
        watch.Start();
        try
        {
            action();
        }
        finally
        {
            Volatile.Write(ref done, true);
            watch.Join();
        }

        return Math.Max(most, Environment.WorkingSet) - before;
    }
}
