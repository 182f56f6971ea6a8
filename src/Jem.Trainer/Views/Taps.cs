namespace Jem.Trainer.Views;

/// <summary>
/// Which pixels of a line make each pixel of the resized line, and with what weights: the triangle filter, widened when
/// the line shrinks (bilinear, antialiased: torch.nn.functional.interpolate with antialias=True, PIL's BILINEAR).
/// </summary>
internal readonly ref struct Taps
{
    /// <param name="starts">Scratch of one number per output.</param>
    /// <param name="weights">Scratch of <see cref="CountFor"/> numbers per output.</param>
    /// <param name="input">Length of the line.</param>
    /// <param name="mirror">Whether the resized line is reversed.</param>
    public Taps(Span<int> starts, Span<float> weights, int input, bool mirror)
    {
        var output = starts.Length;
        Count = CountFor(input, output);
        Starts = starts;
        Weights = weights;
        var scale = (double)input / output;
        var support = Math.Max(scale, 1);
        for (var i = 0; i < output; i++)
        {
            var center = scale * (i + 0.5);
            var start = Math.Clamp((int)Math.Floor(center - support + 0.5), 0, input - Count);
            var at = mirror ? output - 1 - i : i;
            starts[at] = start;
            double total = 0;
            for (var tap = 0; tap < Count; tap++)
            {
                total += Triangle((start + tap - center + 0.5) / support);
            }

            for (var tap = 0; tap < Count; tap++)
            {
                weights[(tap * output) + at] = (float)(Triangle((start + tap - center + 0.5) / support) / total);
            }
        }
    }

    /// <summary>Taps per output.</summary>
    public int Count { get; }

    /// <summary>The first pixel of each output; <see cref="Count"/> pixels from there are within the line.</summary>
    public ReadOnlySpan<int> Starts { get; }

    /// <summary>[tap, output].</summary>
    public ReadOnlySpan<float> Weights { get; }

    public static int CountFor(int input, int output) =>
        Math.Min(input, (int)Math.Ceiling(2 * Math.Max((double)input / output, 1)));

    private static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));
}
