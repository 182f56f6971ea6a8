using System.Collections.Concurrent;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>Results that see the same taps, each a step further: some columns of a row, or one position of several images.</summary>
/// <param name="Target">The number of the first result in its panel.</param>
/// <param name="Count">The results of an image.</param>
/// <param name="First">Of its taps in the plan.</param>
internal readonly record struct DepthwiseRun(int Target, int Count, int First, int Taps);

/// <summary>
/// What a depthwise convolution, or its input gradient, multiplies. Eight results go through the multipliers side by side. In large images they are
/// columns of a row, with zeros beside the image and no products outside its rows. In small ones they are one position of eight images, and no
/// product is with a zero.
/// </summary>
internal sealed class DepthwisePlan
{
    // A program's shapes never change, and a step has each of them again.
    private static readonly ConcurrentDictionary<(SlidingWindow, Planes, Planes, bool Gradient, bool Small), DepthwisePlan> s_known = new();

    private const int Lanes = RegisterTiles.Lanes, AtOnce = ChannelProducts.Sums;
    private const int SmallPositions = 256; // of an image and its results together

    private readonly List<DepthwiseRun> _runs = [];
    private readonly List<int> _places = [], _taps = [];

    private DepthwisePlan(SlidingWindow window, Planes from, Planes to, bool gradient, bool small)
    {
        var rows = Reaches(to.H, from.H, window.KernelHeight, window.StrideHeight, window.Top, window.DilationHeight, gradient);
        var columns = Reaches(to.W, from.W, window.KernelWidth, window.StrideWidth, window.Left, window.DilationWidth, gradient);
        if (small)
        {
            columns = [.. columns.Select(reach => reach.Where(tap => tap.Source >= 0 && tap.Source < from.W).ToArray())];
        }

        // Columns with the same residue by the stride see the same taps.
        var (apart, together) = small ? (to.W, to.W) : gradient ? (window.StrideWidth, Math.Min(window.StrideWidth, to.W)) : (1, 1);
        var sources = columns.SelectMany(reach => reach.Select(tap => tap.Source)).DefaultIfEmpty(0);
        Left = Math.Max(0, -sources.Min());
        Width = Left + Math.Max(from.W, sources.Max() + 1);
        (IsSmall, SourceStep, TargetStep) = (small, (small ? Size(from.H) : gradient ? 1 : window.StrideWidth) * Lanes, (small ? to.Size + 1 : apart) * Lanes);
        SourcePanel = small ? SourceStep : (Size(from.H) + (AtOnce * SourceStep / Lanes)) * Lanes;
        TargetPanel = (to.Size + 1) * Lanes;
        IsSeven = !small && window is { KernelWidth: SevenTaps.Taps, StrideWidth: 1, DilationWidth: 1 } && to.W >= AtOnce && to.W % AtOnce == 0;
        for (var y = 0; y < to.H; y++)
        {
            for (var x = 0; x < together; x++)
            {
                var first = _places.Count;
                foreach (var (ky, sourceY) in rows[y].Where(tap => tap.Source >= 0 && tap.Source < from.H))
                {
                    foreach (var (kx, sourceX) in columns[x].OrderBy(tap => tap.Source))
                    {
                        _places.Add(((sourceY * Width) + sourceX + Left) * Lanes);
                        _taps.Add(((ky * window.KernelWidth) + kx) * Lanes);
                    }
                }

                var count = small ? 1 : (to.W - x + apart - 1) / apart;
                _runs.Add(new DepthwiseRun(((y * to.W) + x) * Lanes, count, first, _places.Count - first));

                // Weight gradients take eight taps at a time; there is a sum for those that do not exist.
                while ((_places.Count - first) % AtOnce != 0)
                {
                    _places.Add(_places[^1]);
                    _taps.Add(window.Taps * Lanes);
                }
            }
        }

        (Runs, Places, Taps) = ([.. _runs], [.. _places], [.. _taps]);

        int Size(int height) => (height * Width) + 1; // an odd number of cache lines, so that images do not share sets of a cache
    }

    public static DepthwisePlan Of(SlidingWindow window, int images, Planes from, Planes to, bool gradient)
    {
        DepthwisePlan Known(bool small) => s_known.GetOrAdd((window, from, to, gradient, small), _ => new DepthwisePlan(window, from, to, gradient, small));
        return from.Size + to.Size <= SmallPositions && Known(small: true).Products(images) < Known(small: false).Products(images)
            ? Known(small: true)
            : Known(small: false);
    }

    /// <summary>Whether a run is one position of several images.</summary>
    public bool IsSmall { get; }

    /// <summary>Whether seven taps and eight results always lie side by side.</summary>
    public bool IsSeven { get; }

    /// <summary>Images whose panels stay in a core's second cache.</summary>
    public int ImagesAtOnce => IsSmall ? Math.Clamp(AtOnce * SmallPositions * Lanes / (SourcePanel + TargetPanel), AtOnce, 64) : 1;

    /// <summary>Zeros before each row of a source's panel.</summary>
    public int Left { get; }

    /// <summary>Positions of a row of a source's panel.</summary>
    public int Width { get; }

    public int SourceStep { get; }

    public int TargetStep { get; }

    /// <summary>Numbers of a panel of 16 channels.</summary>
    public int SourcePanel { get; }

    public int TargetPanel { get; }

    public DepthwiseRun[] Runs { get; }

    public int[] Places { get; }

    public int[] Taps { get; }

    // Seven taps side by side take less than two thirds of the time of others.
    private double Products(int images) => (IsSeven ? 0.65 : 1) * Runs.Sum(run =>
        (double)run.Taps * AtOnce * (IsSmall ? (images + AtOnce - 1) / AtOnce : images * ((run.Count + AtOnce - 1) / AtOnce)));

    // For each target the taps and what they see, be it outside.
    private static (int Tap, int Source)[][] Reaches(int targets, int sources, int kernel, int stride, int pad, int dilation, bool gradient)
    {
        IEnumerable<(int, int)> Of(int target)
        {
            for (var tap = 0; tap < kernel; tap++)
            {
                if (!gradient)
                {
                    yield return (tap, (target * stride) - pad + (tap * dilation));
                }
                else if ((target + pad - (tap * dilation)) % stride == 0)
                {
                    yield return (tap, (target + pad - (tap * dilation)) / stride);
                }
            }
        }

        return [.. Enumerable.Range(0, targets).Select(target => Of(target).ToArray())];
    }
}
