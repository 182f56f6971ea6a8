namespace Jem.Trainer.Collapse;

/// <summary>How long a sign has been there. One missing point does not end a spell, because batches vary.</summary>
internal sealed class Spell
{
    // Where steps are logged seldom, two of them are too little evidence.
    private const int LeastPoints = 5;

    private int _points, _missed;
    private long _last;

    /// <summary>The first step of the present spell, or of the last one.</summary>
    public long Since { get; private set; }

    public void See(long step, bool there)
    {
        if (!there)
        {
            _points = ++_missed > 1 ? 0 : _points;
            return;
        }

        (Since, _last, _points, _missed) = (_points == 0 ? step : Since, step, _points + 1, 0);
    }

    /// <summary>Whether the sign is there and has been for so many steps.</summary>
    public bool Lasts(long steps) => _points >= LeastPoints && _last - Since >= steps;

    /// <summary>Whether the sign has been away for more than so many steps.</summary>
    public bool IsOver(long step, long steps) => step - _last > steps;
}
