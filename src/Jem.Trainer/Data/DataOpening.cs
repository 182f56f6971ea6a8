namespace Jem.Trainer.Data;

/// <summary>How image files are held while a set is open. Sets that are in memory anyway do not look at it.</summary>
public sealed record DataOpening
{
    /// <summary>
    /// Photographs are reduced until their shorter side has this many pixels; smaller ones stay. 0 keeps them as they are.
    /// Twice the size of a view is enough for views; a run that is to be repeated keeps it.
    /// </summary>
    public int ShortSide { get; init; }

    /// <summary>Bytes of decoded images kept in memory; what does not fit is decoded again each time.</summary>
    public long CacheBytes { get; init; } = 1L << 30;
}
