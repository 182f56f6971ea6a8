namespace Jem.Trainer.Data;

/// <summary>Mean and standard deviation of pixel/255 per channel, for normalising the images.</summary>
public sealed record ChannelStatistics(double[] Mean, double[] Std)
{
    /// <param name="limit">Images to look at, spread evenly over the set; all where there are no more.</param>
    public static ChannelStatistics Of(IImageSet set, int limit = 100_000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var (channels, looked) = (set.Channels, Math.Min(set.Count, limit));
        var (sums, squares, counts, gate) = (new ulong[channels], new ulong[channels], 0UL, new Lock());

        // Sums of whole numbers are exact, so that they do not depend on the order of the threads.
        InParallel.For(looked, i =>
        {
            var image = set.Image((int)((long)i * set.Count / looked));
            for (var channel = 0; channel < channels; channel++)
            {
                ulong sum = 0, square = 0;
                foreach (uint level in image.Plane(channel))
                {
                    sum += level;
                    square += level * level;
                }

                lock (gate)
                {
                    sums[channel] += sum;
                    squares[channel] += square;
                    counts += channel == 0 ? (ulong)image.Width * (ulong)image.Height : 0;
                }
            }
        });

        var mean = sums.Select(sum => sum / (double)counts).ToArray();
        var variance = squares.Select((square, channel) => (square / (double)counts) - (mean[channel] * mean[channel]));

        // A channel without any variation is left alone rather than divided by nothing.
        return new ChannelStatistics(
            [.. mean.Select(value => value / 255)],
            [.. variance.Select(value => value > 1e-6 ? Math.Sqrt(value) / 255 : 1)]);
    }
}
