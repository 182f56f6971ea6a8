using System.Globalization;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;

namespace Jem.Checks.Cuda;

/// <summary>
/// Part c. Two runs of one command: one that is let be, one that is killed and resumed. And the first steps of a run, which nobody waits for, beside
/// the processor's: later ones part, for rounding grows, and from the fourth on a ReLU of a flat image may turn at a whole area.
/// </summary>
internal static class Resumes
{
    private const int Steps = 60, Save = 20, FirstSteps = 3;
    private const double Tolerance = 1e-3;

    public static IEnumerable<Result> Run(CheckOptions options)
    {
        foreach (var method in new[] { "simclr", "moco" })
        {
            var (straight, killed) = (Path.Combine(options.Out, $"{method}-straight"), Path.Combine(options.Out, $"{method}-killed"));
            JemProcess.Run([.. Command(method, straight, options.Device, Steps), .. Deterministic(options)]);
            using (var process = new JemProcess([.. Command(method, killed, options.Device, Steps), .. Deterministic(options)]))
            {
                WaitFor(() => process.HasExited || Checkpoints(killed).Length > 0);
                process.Kill();
            }

            var at = Checkpoints(killed).Length;
            JemProcess.Run("train", "--resume", killed, "--quiet");
            var same = Last(straight).AsSpan().SequenceEqual(Last(killed));
            yield return new Result(method, same && at > 0, same ? "the same bytes" : "other bytes");
        }

        yield return First(options);
    }

    private static Result First(CheckOptions options)
    {
        const string method = "simclr";
        Dictionary<string, NamedTensor> Weights(string device, params string[] more)
        {
            var folder = Path.Combine(options.Out, $"{method}-first-{device}");
            JemProcess.Run([.. Command(method, folder, device, FirstSteps), "--set", "optimizer.name=sgd", .. more]);
            using var file = File.OpenRead(Checkpoints(folder).Single());
            return Safetensors.Read(file).Where(tensor => tensor.Type == DType.Float)
                .Where(tensor => !tensor.Name.StartsWith("optimizer.", StringComparison.Ordinal)).ToDictionary(tensor => tensor.Name);
        }

        var expected = Weights("cpu", "--portable");
        var actual = Weights(options.Device, options.OnGpu ? ["--precision", "fp32", "--deterministic"] : []);
        var (error, name) = expected.Values.Select(tensor => (Relative.Error(actual[tensor.Name].Floats, tensor.Floats, 1e-3), tensor.Name)).Max();
        return new Result(
            $"{method}, {FirstSteps} steps beside the processor's", error < Tolerance,
            string.Create(CultureInfo.InvariantCulture, $"{error:E1} ({name})"), error);
    }

    private static string[] Command(string method, string folder, string device, int steps) =>
    [
        "train", method, "--data", "synthetic:shapes?n=256&size=32", "--out", folder, "--overwrite", "--width", "16", "--batch", "32", "--image-size", "32",
        "--steps", $"{steps}", "--checkpoint-every", $"{Save}", "--device", device, "--quiet",
    ];

    private static string[] Deterministic(CheckOptions options) => options.OnGpu ? ["--deterministic"] : [];

    private static string[] Checkpoints(string folder) =>
        Directory.Exists(Path.Combine(folder, "checkpoints")) ? Directory.GetFiles(Path.Combine(folder, "checkpoints"), "*.safetensors") : [];

    private static byte[] Last(string folder) => File.ReadAllBytes(Checkpoints(folder).Order(StringComparer.Ordinal).Last());

    private static void WaitFor(Func<bool> holds)
    {
        for (var waited = 0; !holds() && waited < 24_000; waited++)
        {
            Thread.Sleep(5);
        }
    }
}
