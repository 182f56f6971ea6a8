using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Heads;

/// <summary>SwAV's prototypes: unit vectors that embeddings are compared with (Caron et al., arXiv:2006.09882, section 3.1).</summary>
public static class Prototypes
{
    /// <summary>K trained rows [K,D], projected to unit length after each step.</summary>
    public static Value Create(Net net, string name, long count, long dimension)
    {
        using var scope = net.Enter(name);
        var weight = net.Parameter("weight", [count, dimension], Init.UnitRows);
        net.Constrain(weight, rows => Functional.Normalize(rows));
        return weight;
    }

    /// <summary>Unit embeddings [N,D] → their cosines [N,K] with the prototypes.</summary>
    public static Value Scores(Value embeddings, Value prototypes) => Gemm(embeddings, prototypes, transB: true);
}
