using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Peers.Compare;

/// <summary>What the figures depend on.</summary>
internal static class Machine
{
    public static string Description =>
        $"{Processor}, {Environment.ProcessorCount} cores, vectors of {VectorBits} bits; {System}; {RuntimeInformation.FrameworkDescription}";

    /// <summary>The time that all cores together have worked since the machine started, for whomever.</summary>
    public static TimeSpan Worked()
    {
        // "cpu  user nice system idle iowait irq softirq steal …", in hundredths of seconds.
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9];
        return TimeSpan.FromSeconds(fields.Where((_, i) => i is not (3 or 4)).Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / 100);
    }

    private static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    private static string Processor => Field("/proc/cpuinfo", "model name", ':') ?? "unknown processor";

    private static string System => Field("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? RuntimeInformation.OSDescription;

    private static string? Field(string file, string name, char separator) => File.Exists(file)
        ? File.ReadLines(file)
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(separator) + 1)..].Trim())
            .FirstOrDefault()
        : null;
}
