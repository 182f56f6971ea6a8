using System.Collections.Concurrent;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>Output positions that the same taps reach.</summary>
/// <param name="Taps">In row-major order of the kernel.</param>
/// <param name="Positions">In the output image.</param>
/// <param name="Places">[tap][position]: the position in the input image; the size of the image for what lies outside.</param>
internal sealed record PanelPhase(int[] Taps, int[] Positions, int[] Places)
{
    // A program's shapes never change, and a step has each of them again.
    private static readonly ConcurrentDictionary<(SlidingWindow, Planes, Planes, bool), IReadOnlyList<PanelPhase>> s_known = new();

    /// <summary>Of a convolution, or of its input gradient.</summary>
    public static IReadOnlyList<PanelPhase> Of(SlidingWindow window, Planes from, Planes to, bool gradient) => s_known.GetOrAdd(
        (window, from, to, gradient), _ => gradient ? Backward(window, from, to) : Forward(window, from, to));

    private static IReadOnlyList<PanelPhase> Forward(SlidingWindow window, Planes from, Planes to) =>
    [
        Of(from, [.. Enumerable.Range(0, window.Taps)], [.. Enumerable.Range(0, to.Size)], (at, tap) => (
            (at / to.W * window.StrideHeight) - window.Top + (tap / window.KernelWidth * window.DilationHeight),
            (at % to.W * window.StrideWidth) - window.Left + (tap % window.KernelWidth * window.DilationWidth))),
    ];

    // One for each residue of rows and columns by the strides.
    private static IReadOnlyList<PanelPhase> Backward(SlidingWindow window, Planes from, Planes to)
    {
        var (rows, columns) = (Math.Min(window.StrideHeight, to.H), Math.Min(window.StrideWidth, to.W));
        return [.. Enumerable.Range(0, rows * columns).Select(residue => Backward(window, from, to, residue / columns, residue % columns))];
    }

    private static PanelPhase Backward(SlidingWindow window, Planes from, Planes to, int row, int column)
    {
        int Down(int y, int tap) => y + window.Top - (tap / window.KernelWidth * window.DilationHeight);
        int Right(int x, int tap) => x + window.Left - (tap % window.KernelWidth * window.DilationWidth);
        var taps = Enumerable.Range(0, window.Taps)
            .Where(tap => Down(row, tap) % window.StrideHeight == 0 && Right(column, tap) % window.StrideWidth == 0);
        var positions = Enumerable.Range(0, to.Size).Where(at => at / to.W % window.StrideHeight == row && at % to.W % window.StrideWidth == column);
        return Of(from, [.. taps], [.. positions], (at, tap) =>
            (Floor(Down(at / to.W, tap), window.StrideHeight), Floor(Right(at % to.W, tap), window.StrideWidth)));
    }

    // Before the image is outside as well.
    private static int Floor(int place, int stride) => place < 0 ? -1 : place / stride;

    private static PanelPhase Of(Planes from, int[] taps, int[] positions, Func<int, int, (int Y, int X)> place)
    {
        var places = new int[taps.Length * positions.Length];
        for (var i = 0; i < places.Length; i++)
        {
            var (y, x) = place(positions[i % positions.Length], taps[i / positions.Length]);
            places[i] = y >= 0 && y < from.H && x >= 0 && x < from.W ? (y * from.W) + x : from.Size;
        }

        return new PanelPhase(taps, positions, places);
    }
}
