using Jem.Trainer.Collapse;
using Jem.Trainer.State;

namespace Jem.Trainer.Runs;

/// <summary>
/// Tells an observer that a run can do without: a log, a page, an event file. When it fails, that is said once and the run goes on; it is told of
/// the next things all the same, for a disk may have room again.
/// </summary>
/// <param name="warn">Told of the first failure.</param>
internal sealed class SideObserver(IRunObserver inner, Action<string> warn) : IRunObserver
{
    private bool _warned;

    public void Began(long done) => Try(() => inner.Began(done));

    public void Logged(long step, IReadOnlyDictionary<string, double> values) => Try(() => inner.Logged(step, values));

    public void Collapsed(CollapseFinding finding) => Try(() => inner.Collapsed(finding));

    public void Switched(long step, string name) => Try(() => inner.Switched(step, name));

    public void Saved(Checkpoint checkpoint) => Try(() => inner.Saved(checkpoint));

    public void Ended(bool exported) => Try(() => inner.Ended(exported));

    /// <summary>Does what may fail.</summary>
    public void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            if (!_warned)
            {
                _warned = true;
                warn($"{error.Message.TrimEnd('.')}. Training goes on without that.");
            }
        }
    }
}
