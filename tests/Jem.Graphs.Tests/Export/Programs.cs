using Jem.Graphs.Backbones;
using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Export;

/// <summary>Training programs of every backbone, the stems it has, every optimiser and every method, small in every other way.</summary>
internal static class Programs
{
    private static readonly BackboneOptions s_small = new() { Width = 2 };

    private static readonly ImageOptions s_few = new() { Count = 10 };

    private static readonly DinoOptions s_dino = new() { Batch = 2, Prototypes = 8, Projector = new() { Hidden = 8, Bottleneck = 4 }, Backbone = s_small };

    private static readonly Dictionary<string, MethodOptions> s_methods = new()
    {
        ["npid"] = new NpidOptions { Batch = 2, Negatives = 3, Dimension = 4, Image = s_few, Backbone = s_small },
        ["npid softmax"] = new NpidOptions { Batch = 2, Loss = "softmax", Dimension = 4, Image = s_few, Backbone = s_small },
        ["moco"] = new MocoOptions { Batch = 4, Queue = 6, Dimension = 4, NormSplits = 2, Backbone = s_small },
        ["moco symmetric"] = new MocoOptions { Batch = 2, Queue = 3, Dimension = 4, NormSplits = 1, Head = "linear", Symmetric = true, Backbone = s_small },
        ["pirl"] = new PirlOptions { Batch = 2, Negatives = 3, Dimension = 4, Image = s_few, Backbone = s_small },
        ["barlow-twins"] = new BarlowTwinsOptions { Batch = 2, Projector = new() { Hidden = 8, Output = 8 }, Backbone = s_small },
        ["vicreg"] = new VicregOptions { Batch = 2, Expander = new() { Hidden = 8, Output = 8 }, Backbone = s_small },
        ["swav"] = new SwavOptions
        {
            Batch = 2,
            Prototypes = 8,
            Projector = new() { Hidden = 8, Output = 4 },
            Queue = new() { Length = 3 },
            Backbone = s_small,
        },
        ["byol"] = new ByolOptions { Batch = 2, Projector = new() { Hidden = 8, Output = 8 }, Predictor = new() { Hidden = 8 }, Backbone = s_small },
        ["simsiam"] = new SimSiamOptions { Batch = 2, Projector = new() { Hidden = 8, Output = 8 }, Predictor = new() { Hidden = 4 }, Backbone = s_small },
        ["dino"] = s_dino,
        ["dino on vit_tiny"] = s_dino with { Backbone = new() { Name = "vit_tiny", Width = 12, Depth = 2 } },
        ["data2vec"] = new Data2VecOptions { Batch = 2, TopBlocks = 1, Backbone = new() { Name = "vit_tiny", Width = 12, Depth = 2, Pool = "mean" } },
    };

    public static IEnumerable<string> Names => Networks.Concat(s_methods.Keys);

    private static IEnumerable<string> Networks =>
        from backbone in BackboneCatalog.BuiltIn.Names
        let transformer = backbone.StartsWith("vit")
        from stem in transformer ? new[] { "auto" } : ["small", "large"]
        from optimizer in new[] { "sgd", "lars", "adamw" }
        where optimizer == (transformer ? "adamw" : "sgd") || backbone == "resnet18"
        select $"{backbone} {stem} {optimizer}";

    public static TrainingProgram Build(string name)
    {
        var parts = name.Split(' ');
        return s_methods.TryGetValue(name, out var options) ? MethodCatalog.BuiltIn.Get(parts[0]).Build(options with { Seed = 5 })
            : MethodCatalog.BuiltIn.Get("simclr").Build(new SimClrOptions
            {
                Batch = 2,
                Seed = 5,
                Image = new() { Size = 32 },
                Views = new() { Size = 32 },
                Backbone = new() { Name = parts[0], Stem = parts[1], Width = 4 },
                Projector = new() { Output = 8 },
                Optimizer = new() { Name = parts[2], Clip = 1 },
            });
    }
}
