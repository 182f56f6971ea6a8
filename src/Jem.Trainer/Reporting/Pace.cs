using System.Diagnostics;

namespace Jem.Trainer.Reporting;

/// <summary>Keeps work that is repeated to a share of the time: what took long waits long.</summary>
/// <param name="share">Of the time, in (0, 1].</param>
/// <param name="least">Time between two turns, however cheap they are.</param>
/// <param name="atOnce">The first turn need not wait.</param>
internal sealed class Pace(double share, TimeSpan least, bool atOnce)
{
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private TimeSpan _wait = atOnce ? TimeSpan.Zero : least;

    public bool Due => _since.Elapsed >= _wait;

    /// <summary>Does the work; how long it took, also if it failed, says how long the next turn has to wait.</summary>
    public void Take(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            work();
        }
        finally
        {
            var wait = Stopwatch.GetElapsedTime(start) / share;
            _wait = wait > least ? wait : least;
            _since.Restart();
        }
    }
}
