using System.Globalization;
using Jem.Trainer.Sessions;

namespace Jem.Checks.Cuda;

/// <summary>What the operators of a step take, by ONNX Runtime's own profile.</summary>
internal static class StepProfile
{
    private const int WarmUp = 3, Steps = 3;
    private const double Small = 0.01;

    /// <summary>
    /// The operators of a program that take a hundredth of its time and more, the slowest first. Each call on a GPU has 10 to 20 µs of waiting in
    /// it that are not there otherwise: see small operators with that in mind.
    /// </summary>
    public static IEnumerable<string> Of(string folder, CheckOptions options)
    {
        var prefix = Path.Combine(options.Out, "profile");
        foreach (var old in Files(prefix))
        {
            File.Delete(old);
        }

        JemProcess.RunWaiting("profile", folder, prefix, options.Device);
        var times = OperatorTimes.Read(Files(prefix).MaxBy(file => new FileInfo(file).Length)!, WarmUp, Steps);
        var all = times.Sum(row => row.Milliseconds);
        return times.Where(row => row.Milliseconds >= Small * all).Select(row => string.Create(
            CultureInfo.InvariantCulture, $"{row.Operator}: {row.Calls} calls, {row.Milliseconds:F2} ms, {row.Milliseconds / all:P0}"));
    }

    /// <summary>Runs some steps of a program and lets ONNX Runtime write what its operators took.</summary>
    public static void Write(string folder, string prefix, string device)
    {
        using var runner = new StepRunner(folder, new Device(new DeviceOptions { Device = device, Profile = prefix }));
        Speed.Fill(runner);
        for (var step = 0; step < WarmUp + Steps; step++)
        {
            runner.Step();
        }
    }

    // Copies of tensors have sessions, and files, of their own: a step's is the largest.
    private static string[] Files(string prefix) => Directory.GetFiles(Path.GetDirectoryName(prefix)!, $"{Path.GetFileName(prefix)}_*.json");
}
