using Jem.Graphs.Methods;

namespace Jem.Graphs.Tests.Export;

/// <summary>Training programs of every method, and of every backbone, both stems and every optimiser, small in every other way.</summary>
internal static class Programs
{
    public static IEnumerable<string> Names => Combinations.Concat(MethodTable.Methods.Select(method => method.Name));

    private static IEnumerable<string> Combinations =>
        from backbone in new[] { "resnet18", "resnet34", "resnet50" }
        from stem in new[] { "small", "large" }
        from optimizer in new[] { "sgd", "lars", "adamw" }
        where backbone == "resnet18" || optimizer == "sgd"
        select $"{backbone} {stem} {optimizer}";

    public static TrainingProgram Build(string name)
    {
        if (MethodTable.Methods.FirstOrDefault(method => method.Name == name) is { } method)
        {
            return method.Build(method.Options with { Batch = 16, Seed = 5, Backbone = new() { Width = 4 } });
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
