namespace Jem.Trainer.Data.Sets;

/// <summary>The options of synthetic:shapes.</summary>
/// <param name="Count">Images of the train split; the test split has a fifth.</param>
/// <param name="Size">Side in pixels.</param>
/// <param name="Channels">1 or 3.</param>
internal sealed record ShapesOptions(int Count, int Size, int Channels, ulong Seed)
{
    public static ShapesOptions From(DataSpec spec)
    {
        var channels = spec.Options["channels"];
        return channels is 1 or 3
            ? new ShapesOptions(spec.Options["n"], spec.Options["size"], channels, (ulong)spec.Options["seed"])
            : throw new ArgumentException($"synthetic:shapes has 1 or 3 channels; got channels={channels}");
    }
}
