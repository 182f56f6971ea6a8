using Jem.Trainer.Collapse;
using Jem.Trainer.State;

namespace Jem.Trainer.Runs;

/// <summary>Several observers, told in their order.</summary>
public sealed class RunObservers(IReadOnlyList<IRunObserver> observers) : IRunObserver
{
    public void Began(long done) => Each(observer => observer.Began(done));

    public void Logged(long step, IReadOnlyDictionary<string, double> values) => Each(observer => observer.Logged(step, values));

    public void Collapsed(CollapseFinding finding) => Each(observer => observer.Collapsed(finding));

    public void Switched(long step, string name) => Each(observer => observer.Switched(step, name));

    public void Saved(Checkpoint checkpoint) => Each(observer => observer.Saved(checkpoint));

    public void Ended(bool exported) => Each(observer => observer.Ended(exported));

    private void Each(Action<IRunObserver> tell)
    {
        foreach (var observer in observers)
        {
            tell(observer);
        }
    }
}
