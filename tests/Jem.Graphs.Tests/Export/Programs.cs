using Jem.Graphs.Methods;

namespace Jem.Graphs.Tests.Export;

/// <summary>Training programs of every backbone, both stems, every optimiser and every method, small in every other way.</summary>
internal static class Programs
{
    private static readonly Dictionary<string, MethodOptions> s_methods = new()
    {
        ["byol"] = new ByolOptions { Projector = new() { Hidden = 8, Output = 8 }, Predictor = new() { Hidden = 8 } },
        ["simsiam"] = new SimSiamOptions { Projector = new() { Hidden = 8, Output = 8 }, Predictor = new() { Hidden = 4 } },
        ["barlow-twins"] = new BarlowTwinsOptions { Projector = new() { Hidden = 8, Output = 8 } },
        ["vicreg"] = new VicregOptions { Expander = new() { Hidden = 8, Output = 8 } },
    };

    public static IEnumerable<string> Names => s_methods.Keys.Concat(
        from backbone in new[] { "resnet18", "resnet34", "resnet50" }
        from stem in new[] { "small", "large" }
        from optimizer in new[] { "sgd", "lars", "adamw" }
        where backbone == "resnet18" || optimizer == "sgd"
        select $"{backbone} {stem} {optimizer}");

    public static TrainingProgram Build(string name)
    {
        if (s_methods.TryGetValue(name, out var options))
        {
            return MethodTable.Get(name).Build(options with { Batch = 2, Backbone = new() { Width = 4 } });
        }

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
