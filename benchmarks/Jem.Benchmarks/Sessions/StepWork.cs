using Jem.Graphs.Export;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;

namespace Jem.Benchmarks.Sessions;

/// <summary>A SimCLR step that is measured: ResNet-18 with a 3×3 stem.</summary>
/// <param name="Size">Side of the images.</param>
/// <param name="Pairs">Images per step, each seen in two views.</param>
public sealed record StepWork(int Width, int Size, int Channels, int Pairs)
{
    public static IReadOnlyList<StepWork> All { get; } = [new(64, 32, 3, 64), new(16, 28, 1, 128)];

    public string Name => $"resnet18-w{Width}-{Size}x{Size}x{Channels}-{Pairs}-pairs";

    public TrainingProgram Build()
    {
        var images = new ImageStatistics(Channels, [.. Enumerable.Repeat(0.5, Channels)], [.. Enumerable.Repeat(0.25, Channels)]);
        var request = new MethodRequest("simclr")
        {
            Width = Width,
            ImageSize = Size,
            Batch = Pairs,
            Settings = ["backbone.stem=small", "temperature=0.5", "optimizer.name=sgd", "optimizer.weight_decay=0.0001"],
        };
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

    public override string ToString() => $"w{Width}";
}
