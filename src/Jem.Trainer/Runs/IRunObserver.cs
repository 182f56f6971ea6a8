using Jem.Trainer.Collapse;
using Jem.Trainer.State;

namespace Jem.Trainer.Runs;

/// <summary>What is done with a run's figures and states while it goes on. Every call comes between two steps and holds the next one up.</summary>
public interface IRunObserver
{
    /// <param name="done">Steps done before; 0 for a new run.</param>
    void Began(long done)
    {
    }

    /// <param name="values">By name; those of <c>metrics.jsonl</c>.</param>
    void Logged(long step, IReadOnlyDictionary<string, double> values)
    {
    }

    /// <summary>The embeddings have collapsed. Each kind of collapse is reported once, before the metrics of the step that shows it.</summary>
    void Collapsed(CollapseFinding finding)
    {
    }

    /// <summary>A part of the program that a schedule switches is on from a step on, and was off before: figures may jump there.</summary>
    /// <param name="step">The first with it, counted from 1.</param>
    /// <param name="name">The scalar input that is switched.</param>
    void Switched(long step, string name)
    {
    }

    /// <param name="checkpoint">Is on the disk.</param>
    void Saved(Checkpoint checkpoint)
    {
    }

    /// <summary>The run has ended or stopped; <c>status.json</c> says how.</summary>
    /// <param name="exported">Whether what was learnt is exported; it is not after a failure.</param>
    void Ended(bool exported)
    {
    }
}
