using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using static Jem.Graphs.Nn.Layers;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Heads;

/// <summary>PIRL's head g for an image in patches (Misra and van der Maaten, arXiv:1912.01991, section 3.2).</summary>
public static class Jigsaw
{
    /// <summary>
    /// Representations [P·B,D] of P patches of B images, all of the first place before all of the second → [B,outputs]: one linear layer
    /// that all patches share, to as many outputs, and one over the patches of an image side by side.
    /// </summary>
    public static Value Build(Net net, string name, Value representations, int patches, int outputs)
    {
        using var scope = net.Enter(name);
        var each = Linear(net, "patch", representations, outputs);
        var images = each.Shape[0] / patches;
        var beside = Transpose(Reshape(each, [patches, images, outputs]), 1, 0, 2);
        return Linear(net, "image", Reshape(beside, [images, patches * outputs]), outputs);
    }
}
