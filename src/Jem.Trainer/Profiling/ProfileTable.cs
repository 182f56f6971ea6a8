using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Jem.Trainer.Profiling;

/// <summary>A profile as a person reads it.</summary>
internal static class ProfileTable
{
    /// <summary>Single nodes that are shown; there are hundreds.</summary>
    public const int MostNodes = 30;

    // Of the step. What takes less is in the row of the others.
    private const double Least = 0.001;

    public static IRenderable Of(StepProfile profile) => new Rows(Head(profile), Table(profile));

    private static Table Head(StepProfile profile)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumn(new TableColumn("").NoWrap()).AddColumn("");
        void Row(string name, string value) => table.AddRow(new Text(name), new Text(value));
        var (program, machine) = (profile.Program, profile.Machine);
        var (image, kernels) = ($"{program.Channels}×{program.Size}×{program.Size}", machine.Kernels ? "" : ", without the kernels of jem");
        Row("program", $"{program.Method}, {program.Backbone}, {program.Batch} images of {image} a step{kernels}");
        if (profile.Peaks is { } peaks)
        {
            Row("machine", $"{machine.Threads} threads on {machine.Cores} cores, vectors of {machine.VectorBits} bits");
            Row("peaks", $"{peaks.Gflops:F0} GFLOP/s of all threads in registers, {peaks.ReadGbPerSecond:F0} GB/s read from memory");
        }
        else
        {
            Row("machine", "a GPU, whose kernels were waited for one by one, which a run does not; its peaks are not measured");
        }

        Row("a step", $"{Ms(profile.StepMs)} ms without the profiler, {Ms(profile.ProfiledStepMs)} ms with it (medians of {profile.Steps})");
        Row("in operators", $"{Ms(profile.OperatorsMs)} ms of the latter");
        Row("outside", $"{Ms(profile.OutsideMs)} ms: between operators, and the profiler itself");
        return table;
    }

    private static Table Table(StepProfile profile)
    {
        var byNode = profile.Rows.Any(row => row.Node is not null);
        string[] headings = [.. byNode ? ["node"] : new[] { "kind", "calls" }, "ms", "share", "GFLOP/s", "of peak", "GB/s"];
        var table = new Table().Border(TableBorder.Simple).Caption("Convolutions count as direct ones; Winograd's transforms take fewer operations.");
        foreach (var heading in headings)
        {
            var column = new TableColumn(heading);
            table.AddColumn(heading == headings[0] ? column : column.RightAligned().NoWrap());
        }

        void Row(params string[] cells) => table.AddRow(cells.Select(cell => new Text(cell)));
        var shown = profile.Rows.TakeWhile((row, i) => byNode ? i < MostNodes : row.Share >= Least).ToList();
        foreach (var row in shown)
        {
            string[] name = byNode ? [$"{row.Operator}: {row.Node}\n{row.Shapes}"] : [row.Operator, $"{row.Calls}"];
            Row([.. name, Ms(row.Ms), Percent(row.Share), Rate(row.Gflops), Percent(row.PeakShare), Rate(row.GbPerSecond)]);
        }

        void Rest(string name, string calls, double ms) =>
            Row([.. byNode ? [name] : new[] { name, calls }, Ms(ms), Percent(ms / profile.ProfiledStepMs), "", "", ""]);
        if (shown.Count < profile.Rows.Count)
        {
            Rest($"{profile.Rows.Count - shown.Count} others", "", profile.Rows.Skip(shown.Count).Sum(row => row.Ms));
        }

        Rest("outside operators", "", profile.OutsideMs);
        return table;
    }

    private static string Ms(double ms) => ms.ToString(ms < 100 ? "F2" : "F0", CultureInfo.InvariantCulture);

    private static string Percent(double? share) => share is { } value ? value.ToString("P1", CultureInfo.InvariantCulture) : "–";

    private static string Rate(double? rate) => rate is { } value ? value.ToString(value < 10 ? "F1" : "F0", CultureInfo.InvariantCulture) : "–";
}
