using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Options;

namespace Jem.Graphs.Backbones;

/// <summary>Every backbone, by name.</summary>
public static class BackboneTable
{
    private static readonly Dictionary<string, Func<Net, Value, BackboneOptions, Value>> s_backbones = new()
    {
        ["resnet18"] = (net, x, options) => ResNet.Build(net, x, options, ResNet.Basic, [2, 2, 2, 2]),
        ["resnet34"] = (net, x, options) => ResNet.Build(net, x, options, ResNet.Basic, [3, 4, 6, 3]),
        ["resnet50"] = (net, x, options) => ResNet.Build(net, x, options, ResNet.Bottleneck, [3, 4, 6, 3]),
    };

    public static IReadOnlyCollection<string> Names => s_backbones.Keys;

    /// <summary>Images [N,C,H,W] → representations [N,D].</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static Value Build(Net net, Value images, BackboneOptions options)
    {
        OptionTable.Check(options, "backbone");
        return s_backbones[options.Name](net, images, options);
    }
}
