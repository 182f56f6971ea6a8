namespace Jem.Trainer.Configuration;

/// <summary>What a program needs to know of the images that are trained on.</summary>
/// <param name="Mean">Of each channel of pixel/255.</param>
public sealed record ImageStatistics(int Channels, double[] Mean, double[] Std)
{
    /// <summary>Number of images; null if they are not there yet.</summary>
    public int? Count { get; init; }

    /// <summary>The median of their shorter sides as they are kept, in pixels; null if they are not there yet.</summary>
    public int? ShortSide { get; init; }
}
