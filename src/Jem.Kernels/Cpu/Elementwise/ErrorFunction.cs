using System.Numerics;
using System.Numerics.Tensors;

namespace Jem.Kernels.Cpu.Elementwise;

/// <summary>
/// erf(x) = 1 − exp(−x·p(x)) for x ≥ 0, with a polynomial p of degree 7 that is −ln(erfc x)/x on [0, 4]: within 1.3·10⁻⁷ everywhere. The coefficients are
/// those of erf_fit.py, beside the tests.
/// </summary>
internal static class ErrorFunction
{
    private const float Last = 4; // where erf is 1 in float32

    private static readonly float[] s_p =
        [1.1283803f, 0.63659775f, 0.10291962f, -0.019583972f, 0.00053694472f, 0.0010323956f, -0.00030880066f, 3.1440028e-05f];

    /// <summary>Both spans have one length, and may be the same.</summary>
    public static void Compute(ReadOnlySpan<float> x, Span<float> erf)
    {
        Span<float> exponential = stackalloc float[256];
        for (; !x.IsEmpty; x = x[Math.Min(exponential.Length, x.Length)..], erf = erf[Math.Min(exponential.Length, erf.Length)..])
        {
            var part = exponential[..Math.Min(exponential.Length, x.Length)];
            Exponent(x[..part.Length], part);
            TensorPrimitives.Exp<float>(part, part);
            TensorPrimitives.Subtract(1, part, part);
            TensorPrimitives.CopySign(part, x[..part.Length], erf[..part.Length]);
        }
    }

    // −|x|·p(|x|)
    private static void Exponent(ReadOnlySpan<float> x, Span<float> exponent)
    {
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            // Of a NaN, x86 gives the second operand.
            var magnitude = Vector.MinNative(new Vector<float>(Last), Vector.Abs(new Vector<float>(x[i..])));
            var p = new Vector<float>(s_p[^1]);
            for (var power = s_p.Length - 2; power >= 0; power--)
            {
                p = Vector.MultiplyAddEstimate(p, magnitude, new Vector<float>(s_p[power]));
            }

            (-magnitude * p).CopyTo(exponent[i..]);
        }

        for (; i < x.Length; i++)
        {
            var magnitude = MathF.Min(MathF.Abs(x[i]), Last);
            var p = s_p[^1];
            for (var power = s_p.Length - 2; power >= 0; power--)
            {
                p = float.MultiplyAddEstimate(p, magnitude, s_p[power]);
            }

            exponent[i] = -magnitude * p;
        }
    }
}
