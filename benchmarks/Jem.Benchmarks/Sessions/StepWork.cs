using Jem.Graphs.Export;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;

namespace Jem.Benchmarks.Sessions;

/// <summary>A training step that is measured, with SGD: how it moves the weights takes little of its time.</summary>
/// <param name="Name">As tables and files name it.</param>
/// <param name="Short">As a benchmark's parameter names it.</param>
/// <param name="Size">Side of the images.</param>
/// <param name="Batch">Images per step, each of which is seen in all its views.</param>
/// <param name="Settings">What differs from the method's defaults besides.</param>
public sealed record StepWork(string Name, string Short, string Method, string Backbone, int Size, int Channels, int Batch, params string[] Settings)
{
    private static readonly string[] s_sgd =
        ["optimizer.name=sgd", "optimizer.weight_decay=0.0001", "optimizer.final_weight_decay=-1", "optimizer.clip=0"];

    /// <summary>SimCLR steps of ResNet-18 with a 3×3 stem, one wide and one narrow.</summary>
    public static IReadOnlyList<StepWork> ResNet18 { get; } =
    [
        SimClr("resnet18-w64-32x32x3-64-pairs", "w64", "resnet18", 32, 3, 64, "backbone.width=64", "backbone.stem=small"),
        SimClr("resnet18-w16-28x28x1-128-pairs", "w16", "resnet18", 28, 1, 128, "backbone.width=16", "backbone.stem=small"),
    ];

    /// <summary>These and other networks, and a method with a teacher and views of two sizes.</summary>
    public static IReadOnlyList<StepWork> All { get; } =
    [
        .. ResNet18,
        SimClr("resnet50-96x96x3-16-pairs", "resnet50", "resnet50", 96, 3, 16, "backbone.stem=large"),
        SimClr("vit-tiny-p4-32x32x3-64-pairs", "vit", "vit_tiny", 32, 3, 64, "backbone.patch=4"),
        SimClr("convnext-tiny-64x64x3-16-pairs", "convnext", "convnext_tiny", 64, 3, 16),
        new(
            "dino-resnet18-w32-32x32x3-32-images", "dino", "dino", "resnet18", 32, 3, 32,
            "backbone.width=32", "backbone.stem=small", "prototypes=4096", "freeze_last_layer=0"),
    ];

    public TrainingProgram Build()
    {
        var images = new ImageStatistics(Channels, [.. Enumerable.Repeat(0.5, Channels)], [.. Enumerable.Repeat(0.25, Channels)]);
        var request = new MethodRequest(Method) { Backbone = Backbone, ImageSize = Size, Batch = Batch, Settings = [.. s_sgd, .. Settings] };
        return MethodResolver.Build(request.Method, MethodResolver.Resolve(request, images));
    }

    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, bytes) in ProgramWriter.Files(Build()))
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }

    public override string ToString() => Short;

    private static StepWork SimClr(string name, string called, string backbone, int size, int channels, int batch, params string[] settings) =>
        new(name, called, "simclr", backbone, size, channels, batch, ["temperature=0.5", .. settings]);
}
