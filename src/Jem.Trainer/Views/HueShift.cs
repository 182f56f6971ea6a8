using System.Numerics;
using Jem.Imaging.Resizing;

namespace Jem.Trainer.Views;

/// <summary>Turns the hue of a colour view by way of HSV, in the order of operations of torchvision 0.14's adjust_hue.</summary>
internal static class HueShift
{
    /// <param name="turns">Within ±0.5; a third turns red into green.</param>
    public static void Apply(FloatPlanes view, double turns)
    {
        Span<Vector<float>> r = view.Vectors(0), g = view.Vectors(1), b = view.Vectors(2);
        var (shift, white) = (new Vector<float>((float)turns), new Vector<float>(255f));
        for (var i = 0; i < r.Length; i++)
        {
            var (h, s, v) = ToHsv(r[i] / white, g[i] / white, b[i] / white);
            h += shift;
            var (red, green, blue) = ToRgb(h - Vector.Floor(h), s, v);
            r[i] = Vector.Floor(red * white);
            g[i] = Vector.Floor(green * white);
            b[i] = Vector.Floor(blue * white);
        }
    }

    private static (Vector<float> H, Vector<float> S, Vector<float> V) ToHsv(Vector<float> r, Vector<float> g, Vector<float> b)
    {
        var one = Vector<float>.One;
        var max = Vector.MaxNative(r, Vector.MaxNative(g, b));
        var range = max - Vector.MinNative(r, Vector.MinNative(g, b));
        var isGrey = Vector.Equals(range, Vector<float>.Zero);
        var saturation = range / Vector.ConditionalSelect(isGrey, one, max);
        var divisor = Vector.ConditionalSelect(isGrey, one, range);
        var (rc, gc, bc) = ((max - r) / divisor, (max - g) / divisor, (max - b) / divisor);
        var hue = Vector.ConditionalSelect(
            Vector.Equals(max, r),
            bc - gc,
            Vector.ConditionalSelect(Vector.Equals(max, g), new Vector<float>(2f) + rc - bc, new Vector<float>(4f) + gc - rc));
        hue = (hue / new Vector<float>(6f)) + one;
        return (hue - Vector.Floor(hue), saturation, max);
    }

    private static (Vector<float> R, Vector<float> G, Vector<float> B) ToRgb(Vector<float> h, Vector<float> s, Vector<float> v)
    {
        var one = Vector<float>.One;
        var sixth = h * 6f;
        var sector = Vector.Floor(sixth);
        var f = sixth - sector;
        var p = Unit(v * (one - s));
        var q = Unit(v * (one - (s * f)));
        var t = Unit(v * (one - (s * (one - f))));

        // Sectors 0 … 5; a hue just below 1 rounds to sector 6, which is sector 0.
        Vector<int> Is(float number) => Vector.Equals(sector, new Vector<float>(number));
        var (is1, is2, is3, is4, is5) = (Is(1), Is(2), Is(3), Is(4), Is(5));
        var r = Select(is1, q, Select(is2 | is3, p, Select(is4, t, v)));
        var g = Select(is1 | is2, v, Select(is3, q, Select(is4 | is5, p, t)));
        var b = Select(is2, t, Select(is3 | is4, v, Select(is5, q, p)));
        return (r, g, b);
    }

    private static Vector<float> Select(Vector<int> condition, Vector<float> yes, Vector<float> no) => Vector.ConditionalSelect(condition, yes, no);

    private static Vector<float> Unit(Vector<float> value) => Vector.MinNative(Vector.MaxNative(value, Vector<float>.Zero), Vector<float>.One);
}
