using Jem.Trainer.Collapse;

namespace Jem.Trainer.Training;

/// <summary>Where a run is.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="WaitShare">The part of the time since the last report that training waited for views, 0 to 1.</param>
/// <param name="Left">The time still to go, as fast as it went so far.</param>
/// <param name="EmbeddingStd">Standard deviation of the unit embeddings, mean over dimensions; healthy is about 1/√Dimension.</param>
/// <param name="EffectiveRank">RankMe of the embeddings, at most Dimension.</param>
public readonly record struct StepReport(
    long Step,
    long TotalSteps,
    double Epoch,
    double Loss,
    double LearningRate,
    double ImagesPerSecond,
    double WaitShare,
    TimeSpan Left,
    double EmbeddingStd,
    double EffectiveRank,
    int Dimension)
{
    /// <summary>The last accuracy by nearest neighbours, 0 to 1; null before the first check.</summary>
    public double? Knn { get; init; }

    /// <summary>How the embeddings have collapsed; null while they have not.</summary>
    public CollapseKind? Collapse { get; init; }
}

/// <summary>Shows a person how training goes.</summary>
public interface ITrainingProgress
{
    /// <param name="step">Steps done before.</param>
    void Start(long step, long totalSteps);

    void Report(in StepReport report);

    /// <summary>Something that a person may like to know.</summary>
    void Say(string message)
    {
    }

    /// <summary>Something that a person should know at once.</summary>
    void Warn(string message);

    void Finish(string message);
}
