using System.Diagnostics;
using System.Text;
using System.Text.Json;
using static System.FormattableString;

namespace Jem.Benchmarks.Sessions;

/// <summary>
/// How a step's time grows with the batch and falls with the threads, and what each method makes of the machine: <c>jem profile --json</c> as a process
/// of its own for each row, as tables in Markdown. The batches are drawn beside them.
/// </summary>
internal static class Scaling
{
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "Jem.Trainer.Tool.dll");

    private static readonly string[] s_network = ["--image-size", "32", "--channels", "3", "--set", "optimizer.name=sgd"];

    private static readonly string[] s_methods =
        ["simclr", "npid", "moco", "pirl", "barlow-twins", "vicreg", "swav", "byol", "simsiam", "dino", "data2vec"];

    private static readonly int[] s_batches = [8, 16, 32, 48, 64, 96, 128];

    /// <param name="arguments">Where the plot is written, an SVG file; nothing for no plot.</param>
    public static int Measure(string[] arguments)
    {
        Console.WriteLine($"{Environment.ProcessorCount} cores.");
        Methods();
        var points = Batches();
        if (arguments.Length > 0)
        {
            File.WriteAllText(arguments[0], Plot(points));
        }

        Threads();
        return 0;
    }

    private static void Methods()
    {
        Console.WriteLine("\n| method | step ms | GFLOP | GFLOP/s | of SimCLR's |\n|---|---|---|---|---|");
        var first = 0.0;
        foreach (var method in s_methods)
        {
            // data2vec has a transformer, whose products are SimCLR's on one.
            string[] flags = method == "data2vec" ? ["--batch", "64", "--backbone", "vit_tiny", "--set", "backbone.patch=4"] : ["--batch", "64"];
            var (ms, operations) = Profile([method, .. flags, .. s_network]);
            var beside = method == "data2vec" ? Rate(Profile(["simclr", .. flags, .. s_network])) : first == 0 ? Rate((ms, operations)) : first;
            first = first == 0 ? beside : first;
            var rate = Rate((ms, operations));
            Console.WriteLine(Invariant($"| {method} | {ms:F0} | {operations / 1e9:F0} | {rate:F0} | {rate / beside:F2} |"));
        }
    }

    private static List<(int Batch, double Ms)> Batches()
    {
        Console.WriteLine("\n| batch | step ms | ms an image |\n|---|---|---|");
        var points = new List<(int, double)>();
        foreach (var batch in s_batches)
        {
            var (ms, _) = Profile(["simclr", "--batch", $"{batch}", .. s_network]);
            points.Add((batch, ms));
            Console.WriteLine(Invariant($"| {batch} | {ms:F0} | {ms / batch:F2} |"));
        }

        return points;
    }

    private static void Threads()
    {
        Console.WriteLine("\n| threads | ResNet-18 ms | one thread's by it | ViT-Tiny ms | one thread's by it |\n|---|---|---|---|---|");
        var (first, firstVit) = (0.0, 0.0);
        for (var threads = 1; threads <= Environment.ProcessorCount; threads *= 2)
        {
            string[] shared = ["--batch", "64", "--threads", $"{threads}", .. s_network];
            var (ms, _) = Profile(["simclr", .. shared]);
            var (vit, _) = Profile(["simclr", .. shared, "--backbone", "vit_tiny", "--set", "backbone.patch=4"]);
            (first, firstVit) = threads == 1 ? (ms, vit) : (first, firstVit);
            Console.WriteLine(Invariant($"| {threads} | {ms:F0} | {first / ms:F2} | {vit:F0} | {firstVit / vit:F2} |"));
        }
    }

    private static double Rate((double Ms, double Operations) step) => step.Operations / step.Ms / 1e6;

    // A step without the profiler, and what its operators compute.
    private static (double Ms, double Operations) Profile(string[] arguments)
    {
        Console.Error.WriteLine($"jem profile {string.Join(' ', arguments)}");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [s_program, "profile", .. arguments, "--json"])
        {
            RedirectStandardOutput = true,
        })!;
        using var document = JsonDocument.Parse(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        var operations = document.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("operations"))
            .Where(value => value.ValueKind == JsonValueKind.Number).Sum(value => value.GetDouble());
        return process.ExitCode == 0
            ? (document.RootElement.GetProperty("step_ms").GetDouble(), operations)
            : throw new InvalidOperationException($"jem profile ended with {process.ExitCode}.");
    }

    // Points and the line through zero that fits them best.
    private static string Plot(List<(int Batch, double Ms)> points)
    {
        const double Width = 480, Height = 320, Left = 60, Bottom = 40, Top = 20, Right = 20;
        var slope = points.Sum(point => point.Batch * point.Ms) / points.Sum(point => (double)point.Batch * point.Batch);
        double most = points.Max(point => point.Batch), slowest = Math.Max(points.Max(point => point.Ms), slope * most);
        double X(double batch) => Left + (batch / most * (Width - Left - Right));
        double Y(double ms) => Height - Bottom - (ms / slowest * (Height - Bottom - Top));
        var svg = new StringBuilder();
        svg.AppendLine(Invariant($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">"""));
        svg.AppendLine(Invariant($"""<rect width="{Width}" height="{Height}" fill="white"/>"""));
        svg.AppendLine(Invariant($"""<line x1="{Left}" y1="{Y(0):F1}" x2="{Width - Right}" y2="{Y(0):F1}" stroke="black"/>"""));
        svg.AppendLine(Invariant($"""<line x1="{Left}" y1="{Y(0):F1}" x2="{Left}" y2="{Top}" stroke="black"/>"""));
        svg.AppendLine(Invariant(
            $"""<line x1="{X(0):F1}" y1="{Y(0):F1}" x2="{X(most):F1}" y2="{Y(slope * most):F1}" stroke="#999" stroke-dasharray="4 3"/>"""));
        foreach (var (batch, ms) in points)
        {
            svg.AppendLine(Invariant($"""<circle cx="{X(batch):F1}" cy="{Y(ms):F1}" r="4" fill="#1565c0"/>"""));
            svg.AppendLine(Invariant($"""<text x="{X(batch):F1}" y="{Height - Bottom + 16:F1}" text-anchor="middle">{batch}</text>"""));
            svg.AppendLine(Invariant($"""<text x="{X(batch) - 8:F1}" y="{Y(ms) - 6:F1}" text-anchor="end">{ms:F0} ms</text>"""));
        }

        svg.AppendLine(Invariant($"""<text x="{(Width + Left) / 2:F1}" y="{Height - 6:F1}" text-anchor="middle">pairs in a batch</text>"""));
        svg.AppendLine("</svg>");
        return svg.ToString();
    }
}
