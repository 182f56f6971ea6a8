using System.Diagnostics;
using System.Text.Json;
using Jem.Benchmarks.Sessions;
using static System.FormattableString;

namespace Peers.Compare;

/// <summary>Runs the sides in turns and prints what came out: progress on standard error, Markdown on standard output.</summary>
internal sealed class Comparison(IReadOnlyList<string> peerCommand, TimeSpan seconds)
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    private const int AtLeast = 5;
    // The share of the machine that other programs may take of a turn. The peer's threads wait busily and suffer most.
    private const double Busy = 0.1;

    /// <returns>0; 1 where the sides do not take the same step.</returns>
    public int Run(IReadOnlyList<StepWork> works, string? json)
    {
        var rows = new List<Row>();
        foreach (var work in works)
        {
            rows.Add(Compare(work));
            if (json is not null)
            {
                File.WriteAllText(json, JsonSerializer.Serialize(rows, s_json) + "\n");
            }
        }

        Print(rows);
        return rows.All(row => row.SameStep) ? 0 : 1;
    }

    private Row Compare(StepWork work)
    {
        var folder = Directory.CreateTempSubdirectory("jem-peers-").FullName;
        try
        {
            work.Write(folder);
            using var jem = new Side("jem", Own("step", folder));
            using var peer = new Side("torchsharp", [.. peerCommand, folder]);
            using var portable = new Side("jem portable", Own("step", folder, "--portable"));
            Side[] sides = [jem, peer, portable];
            var (start, others) = (Stopwatch.GetTimestamp(), new List<double>());
            while (others.Count < AtLeast || Stopwatch.GetElapsedTime(start) < seconds)
            {
                others.Add(Turn(sides));
                var times = string.Join("  ", sides.Select(side => Invariant($"{side.Name} {side.Times.Last():F0} ms")));
                Console.Error.WriteLine(Invariant($"{work.Name}  turn {others.Count}  {times}  others {others[^1]:P0}"));
            }

            // Where enough turns were undisturbed, they alone count.
            var limit = others.Count(share => share <= Busy) >= AtLeast ? Busy : double.PositiveInfinity;
            Array.ForEach(sides, side => side.Keep(turn => others[turn] <= limit));
            return Row.Of(work, jem, portable, peer, others.Where(share => share <= limit).Average());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A step of each side. Returns the share of the machine's cores that other programs took meanwhile.</summary>
    private static double Turn(Side[] sides)
    {
        var (start, worked) = (Stopwatch.GetTimestamp(), Machine.Worked());
        Array.ForEach(sides, side => side.Step());
        var others = Machine.Worked() - worked - sides.Aggregate(TimeSpan.Zero, (sum, side) => sum + side.LastCpuTime);
        return Math.Max(0, others / (Stopwatch.GetElapsedTime(start) * Environment.ProcessorCount));
    }

    private static void Print(List<Row> rows)
    {
        Console.WriteLine($"{Machine.Description}.");
        Console.WriteLine();
        Console.WriteLine("| work | jem, kernels | jem, portable | TorchSharp | ratio | ratio, portable | fastest steps | CPU time | peak MiB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var row in rows)
        {
            string[] cells =
            [
                row.Work,
                Invariant($"{row.JemMs:F0} ms"),
                Invariant($"{row.JemPortableMs:F0} ms"),
                Invariant($"{row.PeerMs:F0} ms"),
                Invariant($"{row.Ratio:F2}"),
                Invariant($"{row.PortableRatio:F2}"),
                Invariant($"{row.JemFastestMs:F0}, {row.JemPortableFastestMs:F0}, {row.PeerFastestMs:F0} ms"),
                Invariant($"{row.JemCpuMs:F0}, {row.JemPortableCpuMs:F0}, {row.PeerCpuMs:F0} ms"),
                Invariant($"{row.JemPeakMib:F0}, {row.JemPortablePeakMib:F0}, {row.PeerPeakMib:F0}"),
            ];
            Console.WriteLine($"| {string.Join(" | ", cells)} |");
        }

        Console.WriteLine();
        Console.WriteLine(
            $"A step is SimCLR's forward and backward pass and its update, without a loader, on {Turns.Threads} thread{(Turns.Threads == 1 ? "" : "s")}. "
            + "Each side is a process; they take turns, step by step; "
            + $"medians of {string.Join(" and ", rows.Select(row => row.Turns))} turns in which other programs left the machine alone. "
            + "Fastest steps, CPU times (of all threads, busy waiting included) and peaks are in the order of the columns before.");
        Console.WriteLine();
        foreach (var row in rows.Where(row => row.OthersShare > Busy))
        {
            Console.WriteLine(
                Invariant($"- {row.Work}: NOT SO: other programs took {row.OthersShare:P0} of the machine in all turns but a few. ")
                + "TorchSharp suffers more from that than jem: measure again when it is quiet, or compare CPU times with --threads 1.");
        }

        foreach (var row in rows)
        {
            Console.WriteLine(
                Invariant($"- {row.Work}: {(row.SameStep ? "the same step" : "NOT THE SAME STEP")}: ")
                + Invariant($"{row.JemParameters:N0} and {row.PeerParameters:N0} parameters, ")
                + Invariant($"first loss {row.JemLoss:F6} and {row.PeerLoss:F6}, at most {row.LossDifference:E1} apart (1e-4 allowed)."));
        }
    }

    private static string[] Own(params string[] arguments) => ["dotnet", typeof(Comparison).Assembly.Location, .. arguments];
}
