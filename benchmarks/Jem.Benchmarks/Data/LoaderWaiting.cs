using System.Text.Json;
using Jem.Trainer.Commands;
using static System.FormattableString;

namespace Jem.Benchmarks.Data;

/// <summary>
/// Whether the loader hides behind the step: <c>jem train</c> on a folder of JPEGs at 160×160, and the share of the time after
/// the first step that training waited for views.
/// </summary>
internal static class LoaderWaiting
{
    private const int Steps = 30;
    private const int Batch = 64;

    /// <param name="arguments">A folder of images, or nothing to draw some; then flags for <c>jem train</c>, such as --width 64.</param>
    public static async Task<int> Measure(string[] arguments)
    {
        var scratch = Directory.CreateTempSubdirectory("jem-waiting-").FullName;
        try
        {
            var given = arguments.Length > 0 && !arguments[0].StartsWith('-');
            var folder = given ? arguments[0] : PhotographLike.Write(Path.Combine(scratch, "images"), count: 1000);
            var run = Path.Combine(scratch, "run");
            var code = await JemApp.RunAsync(
            [
                "train", "simclr", "--data", $"folder:{folder}", "--image-size", "160", "--batch", $"{Batch}", "--steps", $"{Steps}",
                "--out", run, "--set", "optimizer.name=sgd", .. Flags(arguments, given),
            ]);
            if (code == 0)
            {
                Print(Path.Combine(run, "metrics.jsonl"));
            }

            return code;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static string[] Flags(string[] arguments, bool given)
    {
        var flags = arguments[(given ? 1 : 0)..];
        return flags.Contains("--width") ? flags : ["--width", "16", .. flags];
    }

    private static void Print(string metrics)
    {
        var (seconds, waited, last) = (0.0, 0.0, 1.0);
        foreach (var line in File.ReadLines(metrics).Skip(1))
        {
            using var record = JsonDocument.Parse(line);
            double Value(string name) => record.RootElement.GetProperty(name).GetDouble();
            var span = (Value("step") - last) * Batch / Value("images_per_second");
            (seconds, waited, last) = (seconds + span, waited + (span * Value("loader_wait")), Value("step"));
        }

        Console.WriteLine(
            Invariant($"Waited for views {waited:F2} of {seconds:F1} s: {waited / seconds:P1}. ")
            + Invariant($"{(Steps - 1) * Batch / seconds:F0} images/s, {Environment.ProcessorCount} cores."));
    }
}
