namespace Jem.Trainer.State;

/// <summary>What the nearest-neighbour checks during a run have shown so far; it decides which checkpoint is kept and when to stop.</summary>
/// <param name="BestStep">The step after which the accuracy was highest; 0 before the first check.</param>
/// <param name="BestAccuracy">0 to 1.</param>
/// <param name="Stale">Checks since then.</param>
/// <param name="LastStep">The step of the last check.</param>
public sealed record KnnRecord(long BestStep = 0, double BestAccuracy = 0, int Stale = 0, long LastStep = 0)
{
    /// <summary>The record after another check; an equal accuracy is no improvement.</summary>
    public KnnRecord With(long step, double accuracy) => BestStep == 0 || accuracy > BestAccuracy
        ? new KnnRecord(step, accuracy, LastStep: step)
        : this with { Stale = Stale + 1, LastStep = step };
}
