using System.Globalization;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;

namespace Jem.Trainer.Formatting;

/// <summary>The learning rate of a program, as people read it.</summary>
internal static class LearningRate
{
    /// <summary><c>peak 0.3, warm-up over 50 steps</c>.</summary>
    public static string Text(ProgramManifest program, RunLength run)
    {
        var rate = program.Stage(ProgramStages.Step).Inputs.FirstOrDefault(input => input.Means == Meaning.LearningRate)?.Name;
        return rate is null || !program.Schedules.TryGetValue(rate, out var recipe) ? "the program's own"
            : recipe is CosineSchedule cosine ? string.Create(CultureInfo.InvariantCulture, $"peak {cosine.Peak:G4}{Warmup(cosine.WarmupSteps(run))}")
            : "by a schedule of the program";
    }

    private static string Warmup(double steps) =>
        steps <= 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", warm-up over {Math.Ceiling(steps):N0} steps");
}
