using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
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
    /// <summary>x [N,D] → [N, outputs of the last layer].</summary>
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
