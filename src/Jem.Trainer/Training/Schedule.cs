using Jem.Graphs.Methods;

namespace Jem.Trainer.Training;

/// <summary>How a scalar moves from step to step.</summary>
public static class Schedule
{
    /// <summary>
    /// The value at a step: it grows in proportion over the warm-up (Goyal et al., arXiv:1706.02677, section 2.2), then falls along half a cosine
    /// to its final value at the last step (Loshchilov and Hutter, arXiv:1608.03983, equation 5 without restarts).
    /// </summary>
    /// <param name="step">From 0 to <paramref name="steps"/> − 1.</param>
    /// <param name="warmup">Steps of warm-up; at the first step the value is already peak/warmup.</param>
    public static double Value(ScheduleRecipe recipe, long step, long steps, double warmup)
    {
        if (step < warmup)
        {
            return recipe.Peak * Math.Min(1, (step + 1) / warmup);
        }

        var progress = (step - warmup) / Math.Max(1, steps - 1 - warmup);
        return recipe.Final + ((recipe.Peak - recipe.Final) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, progress))));
    }
}
