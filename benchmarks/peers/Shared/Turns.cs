using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Peers;

/// <summary>One step of training.</summary>
/// <param name="CpuMilliseconds">Of all threads; a thread that waits busily counts.</param>
internal sealed record Turn(double Milliseconds, double CpuMilliseconds, double Loss);

/// <summary>What a process says at its end.</summary>
/// <param name="Parameters">The numbers that it trained.</param>
/// <param name="PeakMib">The most physical memory that it had.</param>
/// <param name="About">The library that computed, and its version.</param>
internal sealed record Account(long Parameters, double PeakMib, string About);

/// <summary>
/// The process's side of the comparison: a line of standard input asks for a step, a line of JSON answers. Asked in turns,
/// the sides share whatever else the machine is doing. At the end of the input comes the account.
/// </summary>
internal static class Turns
{
    /// <summary>The variable that says on how many threads all sides compute.</summary>
    public const string ThreadsVariable = "JEM_PEERS_THREADS";

    public static int Threads => int.Parse(Environment.GetEnvironmentVariable(ThreadsVariable) ?? "2", CultureInfo.InvariantCulture);

    /// <summary>The file with a batch input's bytes, which all sides see.</summary>
    public static string BatchFile(string folder, string input) => Path.Combine(folder, $"{input}.bin");

    /// <param name="step">One step; returns its loss.</param>
    public static void Serve(long parameters, string about, Func<double> step)
    {
        while (Console.In.ReadLine() is not null)
        {
            var (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var loss = step();
            Answer(new Turn(Stopwatch.GetElapsedTime(start).TotalMilliseconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, loss));
        }

        Answer(new Account(parameters, Peak(), about));
    }

    private static void Answer<T>(T answer) => Console.WriteLine(JsonSerializer.Serialize(answer));

    private static double Peak()
    {
        // "VmHWM:   123456 kB": the high-water mark of the resident set.
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
