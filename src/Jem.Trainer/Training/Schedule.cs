using Jem.Graphs.Methods;

namespace Jem.Trainer.Training;

/// <summary>How scalars move from step to step of a run.</summary>
/// <param name="Steps">Steps of the run.</param>
public sealed record Schedule(long Steps, double StepsPerEpoch)
{
    /// <summary>The value of a scalar at a step.</summary>
    /// <param name="step">From 0 to <see cref="Steps"/> − 1.</param>
    public double Value(ScheduleRecipe recipe, long step) => recipe switch
    {
        CosineSchedule cosine => Value(cosine, step),
        PointerSchedule ring => (long)((Int128)step * ring.Stride % ring.Length),
        SwitchSchedule gate => step >= Math.Max(gate.AfterSteps, Math.Min(gate.FromEpoch * StepsPerEpoch, gate.Latest * Steps)) ? 1 : 0,
        _ => throw new NotSupportedException($"{recipe}"),
    };

    // It grows in proportion over the warm-up (Goyal et al., arXiv:1706.02677, section 2.2), at the first step by one part already, then
    // moves along half a cosine (Loshchilov and Hutter, arXiv:1608.03983, equation 5 without restarts).
    private double Value(CosineSchedule recipe, long step)
    {
        var warmup = Math.Min(recipe.WarmupEpochs * StepsPerEpoch, recipe.LongestWarmup * Steps);
        if (step < warmup)
        {
            return recipe.Start + ((recipe.Peak - recipe.Start) * Math.Min(1, (step + 1) / warmup));
        }

        var progress = (step - warmup) / Math.Max(1, Steps - 1 - warmup);
        return recipe.Final + ((recipe.Peak - recipe.Final) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, progress))));
    }
}
