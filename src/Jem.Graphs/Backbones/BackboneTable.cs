using Jem.Graphs.Ir;
using Jem.Graphs.Nn;

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
    /// <exception cref="ArgumentException">There is no backbone of that name, or an option is out of range.</exception>
    public static Value Build(Net net, Value images, BackboneOptions options)
    {
        if (!s_backbones.TryGetValue(options.Name, out var build))
        {
            throw new ArgumentException($"Unknown backbone '{options.Name}'. Did you mean '{Nearest.To(options.Name, Names)}'? There are {string.Join(", ", Names)}.");
        }

        return options.Width >= 1
            ? build(net, images, options)
            : throw new ArgumentException($"backbone.width is {options.Width}; expected at least 1.");
    }
}
