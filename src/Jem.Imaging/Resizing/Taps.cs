namespace Jem.Imaging.Resizing;

/// <summary>Which pixels of a line make each pixel of the resized line, and with what weights.</summary>
internal readonly ref struct Taps
{
    /// <param name="starts">Scratch of one number per output.</param>
    /// <param name="weights">Scratch of <see cref="CountFor"/> numbers per output.</param>
    public Taps(Span<int> starts, Span<float> weights, ResizeAxis axis, ResizeFilter filter)
    {
        var (input, output) = (axis.Length, axis.Count);
        Count = CountFor(axis, filter);
        Starts = starts;
        Weights = weights;
        weights.Clear();
        var (scale, widening, window) = ((double)input / axis.Target, Widening(axis, filter), Window(axis, filter));
        for (var i = 0; i < output; i++)
        {
            var center = scale * (axis.First + i + 0.5);
            var first = (int)Math.Floor(center - (filter.Support * widening) + 0.5);
            var start = Math.Clamp(first, 0, input - Count);
            var at = axis.Mirror ? output - 1 - i : i;
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

        // What no output sees need not be looked at.
        First = Math.Min(starts[0], starts[output - 1]);
        Length = Math.Max(starts[0], starts[output - 1]) + Count - First;
        foreach (ref var start in starts)
        {
            start -= First;
        }
    }

    /// <summary>The first pixel of the line that is looked at.</summary>
    public int First { get; }

    /// <summary>How many pixels from there are looked at.</summary>
    public int Length { get; }

    /// <summary>Taps per output.</summary>
    public int Count { get; }

    /// <summary>The first pixel of each output, counted from <see cref="First"/>; <see cref="Count"/> pixels from there are within the line.</summary>
    public ReadOnlySpan<int> Starts { get; }

    /// <summary>[tap, output].</summary>
    public ReadOnlySpan<float> Weights { get; }

    public static int CountFor(ResizeAxis axis, ResizeFilter filter) => Math.Min(axis.Length, Window(axis, filter));

    private static int Window(ResizeAxis axis, ResizeFilter filter) => (int)Math.Ceiling(2 * filter.Support * Widening(axis, filter));

    private static double Widening(ResizeAxis axis, ResizeFilter filter) =>
        filter.Antialias ? Math.Max((double)axis.Length / axis.Target, 1) : 1;
}
