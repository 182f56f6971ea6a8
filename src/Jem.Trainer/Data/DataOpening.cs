namespace Jem.Trainer.Data;

/// <summary>
/// How image files are opened. Sets that are in memory anyway do not look at it. Nothing here changes the pixels but
/// <see cref="ShortSide"/> and <see cref="Range"/>.
/// </summary>
public sealed record DataOpening
{
    /// <summary>
    /// Photographs are reduced until their shorter side has this many pixels; smaller ones stay. 0 keeps them as they are,
    /// but for those of more than 16 megapixels, which are reduced to 2048.
    /// Twice the size of a view is enough for views; a run that is to be repeated keeps it.
    /// </summary>
    public int ShortSide { get; init; }

    /// <summary>
    /// The level of white in files of more than 8 bits per sample, where the specification does not say it (<c>?range=4095</c>); 0 is that of the format.
    /// </summary>
    public double Range { get; init; }

    /// <summary>
    /// An image that cannot be read stops the opening. Otherwise up to 5 % of them are left out and listed as <see cref="IImageSet.Skipped"/>.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>
    /// Bytes of decoded images kept on the disk, those of other sets and runs included; never more than half of what is free.
    /// What does not fit is decoded each time it is drawn; with 0 everything is.
    /// </summary>
    public long CacheBytes { get; init; } = 16L << 30;

    /// <summary>Where decoded images are kept; null takes the folder that JEM_CACHE names, or else the user's cache folder.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Told what goes on while opening takes long. It may be called by any thread, by one at a time.</summary>
    public Action<string>? Status { get; init; }

    /// <summary>Told once what a person should know although the set could be opened, such as a cache that has no room.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Interrupts the opening.</summary>
    public CancellationToken Cancellation { get; init; }
}
