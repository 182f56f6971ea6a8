using System.Numerics;
using System.Numerics.Tensors;
using Jem.Imaging.Resizing;

namespace Jem.Trainer.Views;

/// <summary>
/// Changes of level and colour with the formulas, the float32 arithmetic and the truncation of torchvision 0.14's
/// functions on uint8 tensors (torchvision/transforms/functional_tensor.py), so that the bytes agree.
/// </summary>
internal static class ColourChanges
{
    private static readonly Vector<float> s_white = new(255f);

    /// <summary>Multiplies by a factor ≥ 0.</summary>
    public static void Brightness(FloatPlanes view, double factor) => BlendAll(view, factor, 0);

    /// <summary>Moves towards (factor &lt; 1) or away from (&gt; 1) the mean level: of the grey view, or of all channels when they are not three.</summary>
    public static void Contrast(FloatPlanes view, double factor)
    {
        // Sums of whole numbers are exact in float32 below 2^24, so the mean does not depend on the width of a vector.
        double sum = 0;
        if (view.Channels == 3)
        {
            // The padding of the planes is not part of the mean.
            Span<float> r = view.Plane(0), g = view.Plane(1), b = view.Plane(2);
            var (i, lanes) = (0, Vector<float>.Zero);
            for (; i <= r.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                lanes += Luma(new Vector<float>(r[i..]), new Vector<float>(g[i..]), new Vector<float>(b[i..]));
            }

            sum = Vector.Sum(lanes);
            for (; i < r.Length; i++)
            {
                sum += MathF.Floor((0.2989f * r[i]) + (0.587f * g[i]) + (0.114f * b[i]));
            }
        }
        else
        {
            for (var channel = 0; channel < view.Channels; channel++)
            {
                sum += TensorPrimitives.Sum(view.Plane(channel));
            }
        }

        var count = view.Height * view.Width * (view.Channels == 3 ? 1 : view.Channels);
        BlendAll(view, factor, (float)(sum / count));
    }

    /// <summary>Moves towards (factor &lt; 1) or away from (&gt; 1) grey. Three channels.</summary>
    public static void Saturation(FloatPlanes view, double factor)
    {
        Span<Vector<float>> r = view.Vectors(0), g = view.Vectors(1), b = view.Vectors(2);
        var (ratio, rest) = (new Vector<float>((float)factor), new Vector<float>((float)(1 - factor)));
        for (var i = 0; i < r.Length; i++)
        {
            var grey = rest * Luma(r[i], g[i], b[i]);
            r[i] = Blend(r[i], ratio, grey);
            g[i] = Blend(g[i], ratio, grey);
            b[i] = Blend(b[i], ratio, grey);
        }
    }

    /// <summary>Replaces all three channels by their luma (ITU-R BT.601).</summary>
    public static void Grey(FloatPlanes view)
    {
        Span<Vector<float>> r = view.Vectors(0), g = view.Vectors(1), b = view.Vectors(2);
        for (var i = 0; i < r.Length; i++)
        {
            r[i] = g[i] = b[i] = Luma(r[i], g[i], b[i]);
        }
    }

    /// <summary>Inverts levels at or above a threshold.</summary>
    public static void Solarize(FloatPlanes view, int threshold)
    {
        var limit = new Vector<float>(threshold);
        foreach (ref var level in view.All)
        {
            level = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(level, limit), s_white - level, level);
        }
    }

    private static void BlendAll(FloatPlanes view, double factor, float other)
    {
        var (ratio, rest) = (new Vector<float>((float)factor), new Vector<float>((float)(1 - factor) * other));
        foreach (ref var level in view.All)
        {
            level = Blend(level, ratio, rest);
        }
    }

    private static Vector<float> Blend(Vector<float> level, Vector<float> ratio, Vector<float> rest) =>
        Vector.Floor(Vector.MinNative(Vector.MaxNative((ratio * level) + rest, Vector<float>.Zero), s_white));

    private static Vector<float> Luma(Vector<float> r, Vector<float> g, Vector<float> b) =>
        Vector.Floor((r * 0.2989f) + (g * 0.587f) + (b * 0.114f));
}
