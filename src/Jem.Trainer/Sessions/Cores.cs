namespace Jem.Trainer.Sessions;

/// <summary>How many threads a program's operators take when nobody says.</summary>
internal static class Cores
{
    private const string Processors = "/sys/devices/system/cpu";

    /// <summary>
    /// A thread for each physical core that this process may use; 0, which leaves it to ONNX Runtime, where only that knows. On Linux it does not:
    /// in some virtual machines it takes one core of two, which made a step 1.7 times as long.
    /// </summary>
    public static int Threads { get; } = OperatingSystem.IsLinux() ? Math.Min(Physical(Processors), Environment.ProcessorCount) : 0;

    /// <summary>The threads that a session has whose options say so many; where ONNX Runtime chooses, at most that many.</summary>
    public static int Of(int threads) => threads > 0 ? threads : Threads > 0 ? Threads : Environment.ProcessorCount;

    /// <summary>The physical cores below a folder such as Linux's <c>/sys/devices/system/cpu</c>; as many as can be where it tells nothing.</summary>
    internal static int Physical(string processors)
    {
        try
        {
            // Logical processors of one core name the same siblings, such as "0,64" or "2-3".
            var cores = Directory.EnumerateDirectories(processors, "cpu*").Select(each => Path.Combine(each, "topology", "thread_siblings_list"))
                .Where(File.Exists).Select(File.ReadAllText).Distinct().Count();
            return cores > 0 ? cores : int.MaxValue;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return int.MaxValue;
        }
    }
}
