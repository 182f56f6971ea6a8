namespace Jem.Graphs.Programs;

/// <summary>How long a run is, as far as schedules look at it.</summary>
/// <param name="Steps">Of the whole run, ≥ 1.</param>
/// <param name="StepsPerEpoch">Steps in which every image is seen once.</param>
public sealed record RunLength(long Steps, double StepsPerEpoch);

/// <summary>
/// How a scalar input moves over a run: a function of the step and the length of the run. A new kind is one record with a
/// <see cref="KindAttribute"/>; its properties are what <c>program.json</c> holds.
/// </summary>
public abstract record ScheduleRecipe
{
    /// <summary>The value at a step.</summary>
    /// <param name="step">From 0 to <see cref="RunLength.Steps"/> − 1.</param>
    public abstract double ValueAt(long step, RunLength run);
}

/// <summary>
/// Linearly from a start to a peak (Goyal et al., arXiv:1706.02677, section 2.2), then along half a cosine to a final value, which may be
/// the peak itself (Loshchilov and Hutter, arXiv:1608.03983, equation 5 without restarts).
/// </summary>
/// <param name="Peak">The value after warm-up.</param>
/// <param name="Final">The value at the last step.</param>
/// <param name="WarmupEpochs">The length of the warm-up.</param>
[Kind("cosine")]
public sealed record CosineSchedule(double Peak, double Final, double WarmupEpochs = 0) : ScheduleRecipe
{
    /// <summary>The value from which the warm-up departs.</summary>
    public double Start { get; init; }

    /// <summary>The largest share of a run that the warm-up takes: a longer one would never reach the peak.</summary>
    public double LongestWarmup { get; init; } = 0.1;

    /// <summary>Always the same.</summary>
    public static CosineSchedule Constant(double value) => new(value, value);

    /// <summary>The warm-up of a run, in steps.</summary>
    public double WarmupSteps(RunLength run) => Math.Min(WarmupEpochs * run.StepsPerEpoch, LongestWarmup * run.Steps);

    /// <inheritdoc/>
    public override double ValueAt(long step, RunLength run)
    {
        // The first step has one part of the warm-up already.
        var warmup = WarmupSteps(run);
        if (step < warmup)
        {
            return Start + ((Peak - Start) * Math.Min(1, (step + 1) / warmup));
        }

        var progress = (step - warmup) / Math.Max(1, run.Steps - 1 - warmup);
        return Final + ((Peak - Final) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, progress))));
    }
}

/// <summary>The place in a ring at which a step writes: step · stride modulo length.</summary>
/// <param name="Stride">Rows written per step.</param>
/// <param name="Length">Rows of the ring.</param>
[Kind("pointer")]
public sealed record PointerSchedule(long Stride, long Length) : ScheduleRecipe
{
    /// <inheritdoc/>
    public override double ValueAt(long step, RunLength run) => (long)((Int128)step * Stride % Length);
}

/// <summary>0 at first, then 1 from an epoch on.</summary>
/// <param name="FromEpoch">Epochs, or parts of one.</param>
/// <param name="Latest">The share of a run after which it is 1 in any case; with 1, a short run may end before.</param>
/// <param name="AfterSteps">Steps for which it is 0 in any case.</param>
[Kind("switch")]
public sealed record SwitchSchedule(double FromEpoch, double Latest = 1, long AfterSteps = 0) : ScheduleRecipe
{
    /// <inheritdoc/>
    public override double ValueAt(long step, RunLength run) =>
        step >= Math.Max(AfterSteps, Math.Min(FromEpoch * run.StepsPerEpoch, Latest * run.Steps)) ? 1 : 0;
}
