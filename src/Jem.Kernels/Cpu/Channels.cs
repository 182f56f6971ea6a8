using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu;

/// <summary>
/// A tensor [N,C,...] seen as N segments of <paramref name="Inner"/> adjacent numbers for each of C channels.
/// </summary>
internal readonly record struct Channels(int N, int C, int Inner)
{
    // Neighbouring channels share cache lines when a segment is short, and memory is read fastest in long runs: a task takes at least so many
    // adjacent numbers, and more where that leaves many tasks.
    private const int LeastRun = 64, UsualRun = 1024, ManyTasks = 16;

    // Whose sums fit on the stack.
    private const int MostChannels = 64;

    public static Channels Of(Tensor x) => x.Shape.Length >= 2
        ? new(x.Shape[0], x.Shape[1], x.Shape[2..].Aggregate(1, (product, size) => product * size))
        : throw new ArgumentException($"Input 'x' must have shape [N,C,...]; got {x}.");

    /// <summary>The numbers in one channel.</summary>
    public long Count => (long)N * Inner;

    /// <summary>The position of the segment of image <paramref name="n"/> in channel <paramref name="c"/>.</summary>
    public nint Segment(int n, int c) => (((nint)n * C) + c) * Inner;

    /// <summary>From a segment to the same of the next image.</summary>
    public nint ImageStep => (nint)C * Inner;

    /// <summary>Runs <paramref name="body"/> for some channels (first, count) at a time, whose segments of an image follow one another.</summary>
    public void ForEachGroup(ParallelFor parallel, Action<int, int> body)
    {
        var (channels, inner) = (C, Math.Max(1, Inner));
        var width = Math.Clamp(Math.Max(LeastRun / inner, Math.Min(UsualRun / inner, channels / ManyTasks)), 1, MostChannels);
        parallel((channels + width - 1) / width, task => body(task * width, Math.Min(width, channels - (task * width))));
    }
}
