using System.Globalization;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;
using Jem.Trainer.Formatting;

namespace Jem.Trainer.Training;

/// <summary>What a new run will be, in lines for a person: which options were chosen and why, and what they come to.</summary>
public static class RunPlan
{
    /// <summary>The lines; the first ones are missing where nothing was chosen.</summary>
    public static IReadOnlyList<string> Lines(PreparedRun run) => [.. Choices(run), $"{Schedule(run)} {Cost(run)}".TrimEnd()];

    /// <summary>The options that were chosen, and why.</summary>
    internal static IReadOnlyList<string> Choices(PreparedRun run)
    {
        if (run.Fit?.Choices is not { Count: > 0 } choices)
        {
            return [];
        }

        var what = run.Request.Options.Preset is { } preset
            ? $"What --preset {preset} has that does not fit the images was changed:"
            : $"Chosen for these images and {PreparedRun.MachineOf(run.Device).Name}; flags and --set win, --preset {Presets.Paper} takes the paper's options:";
        var width = choices.Max(choice => choice.Option.Length);
        return [what, .. choices.Select(choice => $"  {choice.Option.PadRight(width)}  {choice.Value,-6} {choice.Reason}")];
    }

    private static string Schedule(PreparedRun run)
    {
        var program = run.Program.Manifest;
        var views = program.Batch.Values.OfType<ViewsInput>().Select(input => $"{input.Recipe.Count} of {input.Recipe.Size}×{input.Recipe.Size}");
        return $"Learning rate: {LearningRate.Text(program, new RunLength(run.Steps, run.StepsPerEpoch))}. Views of an image: {string.Join(" and ", views)}.";
    }

    private static string Cost(PreparedRun run) => run.Fit is not { } fit ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"By rule of thumb about {Minutes(fit.Seconds * run.Steps)} and {ByteSize.Text(fit.MemoryBytes)} of memory; --dry-run measures.{Doubt(fit, run)}");

    private static string Doubt(FittedMethod fit, PreparedRun run) => PreparedRun.MachineOf(run.Device).MemoryBytes is var memory && fit.MemoryBytes > memory
        ? $" There are {ByteSize.Text(memory)}: a smaller --batch, --width or --image-size takes less."
        : "";

    private static string Minutes(double seconds) => seconds switch
    {
        < 90 => "a minute",
        < 90 * 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} minutes"),
        < 48 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:F0} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400:F0} days"),
    };
}
