using System.Diagnostics;

namespace Jem.Trainer.Data;

/// <summary>Passes on what goes on when it takes longer than a second, and then a few times a second. Safe to use from many threads.</summary>
internal sealed class SlowProgress(Action<string>? tell)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1), s_every = TimeSpan.FromSeconds(0.25);
    private readonly Lock _gate = new();
    private long _next = Stopwatch.GetTimestamp() + Ticks(s_patience);

    public void Tell(Func<string> text)
    {
        if (tell is null || Stopwatch.GetTimestamp() < Volatile.Read(ref _next) || !_gate.TryEnter())
        {
            return;
        }

        try
        {
            tell(text());
            Volatile.Write(ref _next, Stopwatch.GetTimestamp() + Ticks(s_every));
        }
        finally
        {
            _gate.Exit();
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
