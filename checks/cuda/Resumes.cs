namespace Jem.Checks.Cuda;

/// <summary>Part c. Two runs of one command: one that is let be, one that is killed and resumed.</summary>
internal static class Resumes
{
    private const int Steps = 60, Save = 20;

    public static IEnumerable<Result> Run(CheckOptions options)
    {
        foreach (var method in new[] { "simclr", "moco" })
        {
            var (straight, killed) = (Path.Combine(options.Out, $"{method}-straight"), Path.Combine(options.Out, $"{method}-killed"));
            JemProcess.Run(Command(method, straight, options));
            using (var process = new JemProcess(Command(method, killed, options)))
            {
                WaitFor(() => process.HasExited || Checkpoints(killed).Length > 0);
                process.Kill();
            }

            var at = Checkpoints(killed).Length;
            JemProcess.Run("train", "--resume", killed, "--quiet");
            var same = Last(straight).AsSpan().SequenceEqual(Last(killed));
            yield return new Result(method, same && at > 0, same ? "the same bytes" : "other bytes");
        }
    }

    private static string[] Command(string method, string folder, CheckOptions options) =>
    [
        "train", method, "--data", "synthetic:shapes?n=256&size=32", "--out", folder, "--overwrite", "--width", "16", "--batch", "32", "--image-size", "32",
        "--steps", $"{Steps}", "--checkpoint-every", $"{Save}", "--device", options.Device, "--quiet", .. options.OnGpu ? new[] { "--deterministic" } : [],
    ];

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
