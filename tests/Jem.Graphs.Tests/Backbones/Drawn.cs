using Jem.Graphs.Ir;
using Jem.Graphs.Nn;

namespace Jem.Graphs.Tests.Backbones;

/// <summary>The numbers that the oracles' drawn.py draws for a tensor of a name.</summary>
internal static class Drawn
{
    public static double[] Of(Value value)
    {
        var (centre, bound) = value switch
        {
            { Name: "image" } => (0, 2),
            { Name: "delta" } => (0, 1),
            { Shape: { Rank: 4 } filter } => (0, Math.Sqrt(6.0 / (filter[0] * filter[2] * filter[3]))),
            { Shape: { Rank: 2 } matrix } => (0, Math.Sqrt(3.0 / matrix[1])),
            { Name: var name } => (name.EndsWith("weight") || name.EndsWith("running_var") ? 1 : 0, 0.5),
        };
        return Array.ConvertAll(new Init(InitKind.Uniform, bound).Draw(value.Shape, value.Name, seed: 1), element => element + (double)centre);
    }
}
