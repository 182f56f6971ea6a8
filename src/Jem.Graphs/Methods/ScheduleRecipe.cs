using System.Text.Json.Serialization;

namespace Jem.Graphs.Methods;

/// <summary>How a scalar input moves over a run: a function of the step, the steps of the run and those of an epoch.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CosineSchedule), "cosine")]
[JsonDerivedType(typeof(PointerSchedule), "pointer")]
[JsonDerivedType(typeof(SwitchSchedule), "switch")]
public abstract record ScheduleRecipe;

/// <summary>Linearly from a start to a peak, then along half a cosine to a final value, which may be the peak itself.</summary>
/// <param name="Peak">The value after warm-up.</param>
/// <param name="Final">The value at the last step.</param>
/// <param name="WarmupEpochs">The length of the warm-up.</param>
public sealed record CosineSchedule(double Peak, double Final, double WarmupEpochs = 0) : ScheduleRecipe
{
    /// <summary>The value from which the warm-up departs.</summary>
    public double Start { get; init; }

    /// <summary>The largest share of a run that the warm-up takes: a longer one would never reach the peak.</summary>
    public double LongestWarmup { get; init; } = 0.1;

    /// <summary>Always the same.</summary>
    public static CosineSchedule Constant(double value) => new(value, value);
}

/// <summary>The place in a ring at which a step writes: step · stride modulo length.</summary>
/// <param name="Stride">Rows written per step.</param>
/// <param name="Length">Rows of the ring.</param>
public sealed record PointerSchedule(long Stride, long Length) : ScheduleRecipe;

/// <summary>0, and 1 from an epoch on.</summary>
/// <param name="FromEpoch">Epochs, or parts of one.</param>
/// <param name="Latest">The share of a run at which it is on at the latest: 1 lets a short run end before.</param>
/// <param name="AfterSteps">Steps for which it is 0 in any case.</param>
public sealed record SwitchSchedule(double FromEpoch, double Latest = 1, long AfterSteps = 0) : ScheduleRecipe;
