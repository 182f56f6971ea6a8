using Jem.Graphs.Export;
using Jem.Trainer.Runs;
using Jem.Trainer.State;

namespace Jem.Trainer.Training;

/// <summary>Measures weights on the way, 0 to 1.</summary>
public delegate double WeightsCheck(IReadOnlyList<NamedTensor> weights, CancellationToken cancellation);

/// <summary>Checks by nearest neighbours, every so many steps, and whether they still get better.</summary>
/// <param name="weights">Those of now.</param>
/// <param name="epoch">The epoch of a step.</param>
internal sealed class NeighbourChecks(
    RunSettings settings, WeightsCheck? check, Func<IReadOnlyList<NamedTensor>> weights, Func<long, double> epoch, KnnRecord record, IRunObserver observer)
{
    /// <summary>What all checks have shown, those before the run was taken up among them.</summary>
    public KnnRecord Record { get; private set; } = record;

    /// <summary>The last accuracy of this process.</summary>
    public double? Accuracy { get; private set; }

    /// <summary>Whether there were as many checks without a better accuracy as the settings allow.</summary>
    public bool IsStale => settings.Patience > 0 && Record.Stale >= settings.Patience;

    /// <summary>For a person, with a space before it; empty without checks.</summary>
    public string Text => Record.BestStep == 0 ? ""
        : $" Nearest neighbours: {(Accuracy is { } last ? $"{last:F3} at last, " : "")}best {Record.BestAccuracy:F3} at step {Record.BestStep:N0}.";

    /// <summary>Makes the check of a step that has one.</summary>
    /// <returns>False when it was cancelled: the run that goes on from here makes the check.</returns>
    public bool MakeIfDue(long done, CancellationToken cancellation)
    {
        if (settings.KnnEvery == 0 || done == 0 || done % settings.KnnEvery != 0 || Record.LastStep >= done)
        {
            return true;
        }

        double accuracy;
        try
        {
            accuracy = check!(weights(), cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        (Accuracy, Record) = (accuracy, Record.With(done, accuracy));
        observer.Logged(done, new Dictionary<string, double> { [MetricNames.Step] = done, [MetricNames.Epoch] = epoch(done), [MetricNames.Knn] = accuracy });
        return true;
    }
}
