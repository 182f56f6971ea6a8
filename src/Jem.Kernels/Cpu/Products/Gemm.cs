using Jem.Kernels.Cpu.Panels;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Products;

/// <summary>
/// ONNX's Gemm with α = β = 1: (a [M,K], b [K,N], bias [N]) → [M,N]; <c>transA</c> and <c>transB</c> say which factor lies turned. Where a does, its rows'
/// sums [M] may come with it.
/// </summary>
/// <param name="inputs">3, or 2 without a bias.</param>
/// <param name="outputs">1, or 2 with sums.</param>
/// <param name="bf16">Whether factors are rounded to bfloat16.</param>
internal sealed unsafe class Gemm(int inputs, int outputs, bool aTurned, bool bTurned, bool bf16) : IKernel
{
    /// <summary>The base name; the counts of inputs and outputs follow.</summary>
    public const string Base = "Gemm";

    public static IKernel Create(NodeAttributes attributes) => new Gemm(
        attributes.Int("inputs", 2), attributes.Int("outputs", 1), attributes.Int("transA", 0) != 0, attributes.Int("transB", 0) != 0, attributes.Bf16);

    public void Run(KernelContext context)
    {
        var (a, b) = (context.Input(0), context.Input(1));
        if (a.Shape is not [var a0, var a1] || b.Shape is not [var b0, var b1] || (aTurned ? a0 : a1) != (bTurned ? b1 : b0))
        {
            throw new ArgumentException($"Inputs 'a' and 'b' must have shapes [M,K] and [K,N]; got {a} and {b}, transA={aTurned}, transB={bTurned}.");
        }

        var (m, k, n) = aTurned ? (a1, a0, bTurned ? b0 : b1) : (a0, a1, bTurned ? b0 : b1);
        var bias = inputs > 2 ? context.Input(2).Data : null;
        var y = context.Output(0, m, n);
        var sums = outputs > 1 ? context.Output(1, m).Data : null;
        if (bf16)
        {
            MatrixProduct<Bf16Factors>.Compute(m, k, n, aTurned, bTurned, a.Data, b.Data, y.Data, bias, sums, context.ParallelFor);
        }
        else
        {
            MatrixProduct<Float32Factors>.Compute(m, k, n, aTurned, bTurned, a.Data, b.Data, y.Data, bias, sums, context.ParallelFor);
        }
    }
}
