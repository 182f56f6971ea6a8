using Jem.Graphs.Backbones;
using Jem.Graphs.Methods;

namespace Jem.Graphs.Tests.Export;

/// <summary>Training programs of every backbone, the stems it has, every optimiser and every method, small in every other way.</summary>
internal static class Programs
{
    private static readonly Dictionary<string, MethodOptions> s_methods = new()
    {
        ["swav"] = new SwavOptions { Prototypes = 8, Projector = new() { Hidden = 8, Output = 4 }, Queue = new() { Length = 3 }, Backbone = new() { Width = 2 } },
        ["dino"] = s_dino with { Backbone = new() { Width = 2 } },
        ["dino on vit_tiny"] = s_dino with { Backbone = new() { Name = "vit_tiny", Width = 12, Depth = 2 } },
    };

    private static DinoOptions s_dino => new() { Prototypes = 8, Projector = new() { Hidden = 8, Bottleneck = 4 } };

    public static IEnumerable<string> Names => Networks.Concat(s_methods.Keys);

    private static IEnumerable<string> Networks =>
        from backbone in BackboneTable.Names
        let transformer = backbone.StartsWith("vit")
        from stem in transformer ? new[] { "auto" } : ["small", "large"]
        from optimizer in new[] { "sgd", "lars", "adamw" }
        where optimizer == (transformer ? "adamw" : "sgd") || backbone == "resnet18"
        select $"{backbone} {stem} {optimizer}";

    public static TrainingProgram Build(string name)
    {
        var parts = name.Split(' ');
        return s_methods.TryGetValue(name, out var options) ? MethodTable.Get(parts[0]).Build(options with { Batch = 2, Seed = 5 }) : MethodTable.Get("simclr").Build(new SimClrOptions
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
