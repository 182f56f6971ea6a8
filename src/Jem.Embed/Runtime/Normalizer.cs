namespace Jem.Embed.Runtime;

/// <summary>Turns samples into what an encoder reads: (sample / 255 − mean) / std of their channel.</summary>
public sealed class Normalizer
{
    // 256 results per channel: a table is exact and needs no arithmetic per pixel.
    private readonly float[][] _tables;

    /// <param name="mean">One per channel, in 0 … 1.</param>
    /// <param name="std">One per channel, above 0.</param>
    public Normalizer(IReadOnlyList<float> mean, IReadOnlyList<float> std) =>
        _tables = [.. mean.Zip(std, (m, s) => Enumerable.Range(0, 256).Select(sample => ((sample / 255f) - m) / s).ToArray())];

    /// <summary>Normalises any number of images.</summary>
    /// <param name="pixels">Samples [N, channels, plane].</param>
    /// <param name="plane">Samples per channel: height × width.</param>
    /// <param name="into">As many numbers.</param>
    public void Apply(ReadOnlySpan<byte> pixels, int plane, Span<float> into)
    {
        for (int start = 0, channel = 0; start < pixels.Length; start += plane, channel = (channel + 1) % _tables.Length)
        {
            var table = _tables[channel];
            var from = pixels.Slice(start, plane);
            var to = into.Slice(start, plane);
            for (var i = 0; i < from.Length; i++)
            {
                to[i] = table[from[i]];
            }
        }
    }
}
