using static System.FormattableString;

namespace Peers.Compare;

/// <summary>What came out, in Markdown on standard output.</summary>
internal static class Report
{
    public static void Print(IReadOnlyList<Row> rows, bool avx2)
    {
        var sides = rows.SelectMany(row => row.Sides).ToList();
        var columns = sides.Select(side => (side.Contender.Library, side.Contender.Mode)).Distinct()
            .OrderBy(column => column.Library == Contender.Jem ? 0 : column.Library == Contender.TorchSharp ? 1 : 2).ToList();
        Console.WriteLine($"{Machine.Description}; {string.Join("; ", sides.Select(side => side.About).Distinct())}.");
        string[] names = [.. columns.Select(column => $"{column.Library}, {column.Mode}")];
        Table(
            ["work", .. names, "jem : peer in fp32", "best peer", "jem : best peer", "jem bf16 : best peer"],
            rows.Select(row => (IEnumerable<string>)
            [
                row.Work, .. Cells(row, columns, side => Invariant($"{side.Ms:F0} ms ({side.FastestMs:F0})")),
                Invariant($"{row.Ratio:F2}"), row.BestPeer, Invariant($"{row.BestRatio:F2}"),
                row.BestBf16Ratio is { } ratio ? Invariant($"{ratio:F2}") : "–",
            ]));
        Console.WriteLine(
            $"A step is forward and backward pass and update, without a loader, on {Turns.Threads} thread{(Turns.Threads == 1 ? "" : "s")}. "
            + "Each side is a process; they take turns, step by step; "
            + $"medians of {string.Join(", ", rows.Select(row => row.Turns))} turns in which other programs left the machine alone, "
            + "and in brackets the fastest steps. "
            + "The peer in fp32 is TorchSharp where it has the work, else PyTorch; the best peer is the fastest of all. "
            + $"{Contenders.Settings}; jem gets no such settings.{(avx2 ? " Nobody uses AVX-512, but for ONNX Runtime's own operators." : "")}");
        Table(
            ["peak MiB", .. names],
            rows.Select(row => Cells(row, columns, side => Invariant($"{side.PeakMib:F0}")).Prepend(row.Work)));
        Table(
            ["CPU ms, all threads, busy waiting included", .. names],
            rows.Select(row => Cells(row, columns, side => Invariant($"{side.CpuMs:F0}")).Prepend(row.Work)));
        foreach (var row in rows.Where(row => row.OthersShare > Comparison.Busy))
        {
            Console.WriteLine(
                Invariant($"- {row.Work}: NOT SO: other programs took {row.OthersShare:P0} of the machine in all turns but a few. ")
                + "The peers suffer more from that than jem: measure again when it is quiet, or compare CPU times with --threads 1.");
        }

        foreach (var row in rows)
        {
            Console.WriteLine(
                $"- {row.Work}: {(row.SameStep ? "the same step" : "NOT THE SAME STEP")}; first losses, and how far from the first: "
                + $"{string.Join(", ", row.Sides.Select(side => Loss(side, row)))}.");
        }
    }

    private static string Loss(SideResult side, Row row) =>
        Invariant($"{side.Name} {side.Loss:F6} ({side.LossDifference:E1}, {side.LossTolerance:E0} allowed{(side.SameLoss ? "" : ": NOT SO")})")
        + (side.Parameters == row.JemParameters ? "" : Invariant($" WITH {side.Parameters:N0} PARAMETERS INSTEAD OF {row.JemParameters:N0}"));

    private static IEnumerable<string> Cells(Row row, IEnumerable<(string Library, string Mode)> columns, Func<SideResult, string> cell) =>
        columns.Select(column => row.Find(column.Library, column.Mode) is { } side ? cell(side) : "–");

    private static void Table(IReadOnlyList<string> header, IEnumerable<IEnumerable<string>> rows)
    {
        Console.WriteLine($"\n| {string.Join(" | ", header)} |\n|{string.Concat(Enumerable.Repeat("---|", header.Count))}");
        foreach (var row in rows)
        {
            Console.WriteLine($"| {string.Join(" | ", row)} |");
        }

        Console.WriteLine();
    }
}
