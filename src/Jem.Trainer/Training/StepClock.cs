using System.Diagnostics;

namespace Jem.Trainer.Training;

/// <summary>How fast steps go, and when it is time to say so. It runs only while steps do: checks and saves are not part of the speed.</summary>
/// <param name="started">Steps done before.</param>
/// <param name="logEvery">Steps between logged ones; slow steps have more.</param>
/// <param name="waited">How long steps have waited for views.</param>
internal sealed class StepClock(long started, long steps, int batch, int logEvery, Func<TimeSpan> waited)
{
    // However long steps take, a person sees that it goes on.
    private static readonly TimeSpan s_reportEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_logEvery = TimeSpan.FromSeconds(15);

    private readonly Stopwatch _clock = new();
    private readonly long _started = started;
    private long _logged = started;
    private TimeSpan _loggedAt;
    private TimeSpan _reportedAt;
    private TimeSpan _waited;

    /// <summary>The time of all steps.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Runs a step.</summary>
    public T Time<T>(Func<T> step)
    {
        _clock.Start();
        var result = step();
        _clock.Stop();
        return result;
    }

    public bool IsLogged(long done) => done == _started + 1 || done % logEvery == 0 || _clock.Elapsed - _loggedAt >= s_logEvery;

    public bool IsReported => _clock.Elapsed - _reportedAt >= s_reportEvery;

    /// <summary>Images per second and the share of the time that waited for views, both since the last logged step, and the time still to go.</summary>
    public (double ImagesPerSecond, double WaitShare, TimeSpan Left) Pace(long done)
    {
        var seconds = (_clock.Elapsed - _loggedAt).TotalSeconds;
        return ((done - _logged) * batch / seconds, (waited() - _waited).TotalSeconds / seconds, (steps - done) * (_clock.Elapsed / (done - _started)));
    }

    public void Reported() => _reportedAt = _clock.Elapsed;

    public void Logged(long done) => (_logged, _loggedAt, _waited) = (done, _clock.Elapsed, waited());
}
