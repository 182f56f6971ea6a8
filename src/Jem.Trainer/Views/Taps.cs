namespace Jem.Trainer.Views;

/// <summary>Which pixels of a line make each pixel of the resized line, and with what weights.</summary>
internal readonly ref struct Taps
{
    /// <param name="starts">Scratch of one number per output.</param>
    /// <param name="weights">Scratch of <see cref="CountFor"/> numbers per output.</param>
    /// <param name="input">Length of the line.</param>
    /// <param name="mirror">Whether the resized line is reversed.</param>
    public Taps(Span<int> starts, Span<float> weights, int input, bool mirror, ResizeFilter filter)
    {
        var output = starts.Length;
        Count = CountFor(input, output, filter);
        Starts = starts;
        Weights = weights;
        weights.Clear();
        var (scale, widening, window) = ((double)input / output, Widening(input, output, filter), Window(input, output, filter));
        for (var i = 0; i < output; i++)
        {
            var center = scale * (i + 0.5);
            var first = (int)Math.Floor(center - (filter.Support * widening) + 0.5);
            var start = Math.Clamp(first, 0, input - Count);
            var at = mirror ? output - 1 - i : i;
            starts[at] = start;

            // Beyond the ends there is nothing with antialias, and without it the last pixel once more.
            var (from, to) = filter.Antialias ? (Math.Max(first, 0), Math.Min(first + window, input)) : (first, first + window);
            double total = 0;
            for (var pixel = from; pixel < to; pixel++)
            {
                total += filter.Weight((pixel - center + 0.5) / widening);
            }

            for (var pixel = from; pixel < to; pixel++)
            {
                var tap = Math.Clamp(pixel, 0, input - 1) - start;
                weights[(tap * output) + at] += (float)(filter.Weight((pixel - center + 0.5) / widening) / total);
            }
        }
    }

    /// <summary>Taps per output.</summary>
    public int Count { get; }

    /// <summary>The first pixel of each output; <see cref="Count"/> pixels from there are within the line.</summary>
    public ReadOnlySpan<int> Starts { get; }

    /// <summary>[tap, output].</summary>
    public ReadOnlySpan<float> Weights { get; }

    public static int CountFor(int input, int output, ResizeFilter filter) => Math.Min(input, Window(input, output, filter));

    private static int Window(int input, int output, ResizeFilter filter) =>
        (int)Math.Ceiling(2 * filter.Support * Widening(input, output, filter));

    private static double Widening(int input, int output, ResizeFilter filter) =>
        filter.Antialias ? Math.Max((double)input / output, 1) : 1;
}
