using Jem.Graphs.Backbones;
using Jem.Graphs.Naming;
using Jem.Graphs.Optim;
using Jem.Graphs.Options;

namespace Jem.Graphs.Methods;

/// <summary>What methods are built from and do not choose themselves.</summary>
/// <param name="Backbones">From which <c>backbone.name</c> is.</param>
/// <param name="Optimizers">From which <c>optimizer.name</c> is.</param>
public sealed record Parts(Catalog<Backbone> Backbones, Catalog<Optimizer> Optimizers)
{
    /// <summary>Those of this library.</summary>
    public static Parts BuiltIn { get; } = new(BackboneCatalog.BuiltIn, OptimizerCatalog.BuiltIn);

    /// <summary>The names of each catalog, as <see cref="OptionTable"/> takes them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Names => new Dictionary<string, IReadOnlyList<string>>
    {
        [BackboneOptions.Catalog] = Backbones.Names,
        [OptimizerOptions.Catalog] = Optimizers.Names,
    };
}
