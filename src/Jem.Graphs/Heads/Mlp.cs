using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using static Jem.Graphs.Nn.Layers;

namespace Jem.Graphs.Heads;

/// <summary>One layer of a head: linear, then batch norm, then what is not linear.</summary>
/// <param name="Bias">Whether the linear layer has a bias. One before a batch norm is lost in its mean.</param>
/// <param name="Affine">Whether the batch norm has a scale and a bias.</param>
/// <param name="Activation">Such as ReLU or GELU; null for none.</param>
public sealed record HeadLayer(int Outputs, bool Bias = true, bool Norm = false, bool Affine = true, Func<Value, Value>? Activation = null);

/// <summary>Projectors and predictors: rows of layers, named as PyTorch's Sequential counts its modules.</summary>
public static class Mlp
{
    /// <summary>
    /// Hidden layers of linear, batch norm and ReLU, and a last one: so many layers in all, or none. A hidden layer has no bias: batch norm
    /// would take it away again.
    /// </summary>
    public static IEnumerable<HeadLayer> Rows(int layers, int hidden, HeadLayer last) => layers == 0
        ? []
        : [.. Enumerable.Repeat(new HeadLayer(hidden, Bias: false, Norm: true, Activation: Op.Relu), layers - 1), last];

    /// <summary>x [N,D] → [N, outputs of the last layer]; x itself without layers.</summary>
    public static Value Build(Net net, string name, Value x, IEnumerable<HeadLayer> layers)
    {
        using var scope = net.Enter(name);
        var module = 0;
        foreach (var layer in layers)
        {
            x = Linear(net, $"{module++}", x, layer.Outputs, layer.Bias);
            if (layer.Norm)
            {
                x = BatchNorm(net, $"{module++}", x, layer.Affine);
            }

            if (layer.Activation is { } activation)
            {
                x = activation(x);
                module++;
            }
        }

        return x;
    }
}
