using Jem.Trainer.State;
using Jem.Trainer.Training.Collapse;

namespace Jem.Trainer.Runs;

/// <summary>What is done with a run's figures and states while it goes on. Every call comes between two steps and holds the next one up.</summary>
public interface IRunObserver
{
    /// <param name="values">By name; those of <c>metrics.jsonl</c>.</param>
    void Logged(long step, IReadOnlyDictionary<string, double> values)
    {
    }

    /// <summary>The embeddings have collapsed; told once of each kind, before the figures of the step that shows it.</summary>
    void Collapsed(CollapseFinding finding)
    {
    }

    /// <param name="checkpoint">Is on the disk.</param>
    void Saved(Checkpoint checkpoint)
    {
    }
}
