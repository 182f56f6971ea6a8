using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Jem.Kernels.Cpu.Elementwise;

/// <summary>
/// erfc(x) = exp(−x·p(x)) for x ≥ 0, with a polynomial p of degree 7 that is −ln(erfc x)/x on [0, 4]: erf is within 1.3·10⁻⁷ everywhere. The coefficients
/// are those of erf_fit.py, beside the tests.
/// </summary>
internal static unsafe class ErrorFunction
{
    private const float Last = 4; // behind which erf is 1 in float32

    /// <summary>erfc of magnitudes; 0 behind 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Complement(V magnitude)
    {
        var p = Vector512.MultiplyAddEstimate(magnitude, Vector512.Create(3.1440028e-05f), Vector512.Create(-0.00030880066f));
        p = Vector512.MultiplyAddEstimate(magnitude, p, Vector512.Create(0.0010323956f));
        p = Vector512.MultiplyAddEstimate(magnitude, p, Vector512.Create(0.00053694472f));
        p = Vector512.MultiplyAddEstimate(magnitude, p, Vector512.Create(-0.019583972f));
        p = Vector512.MultiplyAddEstimate(magnitude, p, Vector512.Create(0.10291962f));
        p = Vector512.MultiplyAddEstimate(magnitude, p, Vector512.Create(0.63659775f));
        p = Vector512.MultiplyAddEstimate(magnitude, p, Vector512.Create(1.1283803f));
        return Vector512.ConditionalSelect(Vector512.GreaterThan(magnitude, Vector512.Create(Last)), V.Zero, Exponential.Of(-(magnitude * p)));
    }

    /// <summary>erf of each number.</summary>
    public static void Compute(ReadOnlySpan<float> x, Span<float> erf)
    {
        fixed (float* from = x, to = erf)
        {
            PointwiseKernel<Erf>.Apply(x.Length, from, from, to);
        }
    }

    private readonly struct Erf : IPointwiseOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply(V x, V y) => Vector512.CopySign(Vector512.Create(1f) - Complement(Vector512.Abs(x)), x);
    }
}
