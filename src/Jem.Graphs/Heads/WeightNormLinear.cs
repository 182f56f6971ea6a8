using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Heads;

/// <summary>
/// A linear layer without bias whose filters have a direction but no length of their own (Salimans and Kingma, arXiv:1602.07868,
/// equation 2 with g = 1), as PyTorch's weight_norm with a fixed <c>weight_g</c>.
/// </summary>
public static class WeightNormLinear
{
    /// <summary>x [N,D] → x·(v/‖v‖)ᵀ [N,outputs] for the rows v of <c>weight_v</c>; the gradient flows through the norm.</summary>
    public static Value Build(Net net, string name, Value x, long outputs)
    {
        using var scope = net.Enter(name);
        var directions = net.Parameter("weight_v", [outputs, x.Shape[1]], Init.LinearDefault(x.Shape[1]));
        return Gemm(x, Functional.Normalize(directions), transB: true);
    }
}
