using Jem.Graphs.Backbones;
using Jem.Graphs.Methods;

namespace Jem.Graphs.Tests.Export;

/// <summary>Training programs of every backbone, the stems it has and every optimiser, small in every other way.</summary>
internal static class Programs
{
    public static IEnumerable<string> Names =>
        from backbone in BackboneTable.Names
        let transformer = backbone.StartsWith("vit")
        from stem in transformer ? new[] { "auto" } : ["small", "large"]
        from optimizer in new[] { "sgd", "lars", "adamw" }
        where optimizer == (transformer ? "adamw" : "sgd") || backbone == "resnet18"
        select $"{backbone} {stem} {optimizer}";

    public static TrainingProgram Build(string name)
    {
        var parts = name.Split(' ');
        return MethodTable.Get("simclr").Build(new SimClrOptions
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
