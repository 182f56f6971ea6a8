using Jem.Graphs.Export;
using Jem.Trainer.Configuration;

namespace Peers.Compare;

/// <summary>A SimCLR step that is compared: ResNet-18 with a 3×3 stem.</summary>
/// <param name="Size">Side of the images.</param>
/// <param name="Pairs">Images per step, each seen in two views.</param>
internal sealed record Work(int Width, int Size, int Channels, int Pairs)
{
    public static IReadOnlyList<Work> All { get; } = [new(64, 32, 3, 64), new(16, 28, 1, 128)];

    public string Name => $"resnet18-w{Width}-{Size}x{Size}x{Channels}-{Pairs}-pairs";

    /// <summary>Writes the training program, from which both sides take options and first values.</summary>
    public void Write(string folder)
    {
        var images = new ImageStatistics(Channels, [.. Enumerable.Repeat(0.5, Channels)], [.. Enumerable.Repeat(0.25, Channels)]);
        var request = new TrainingRequest("simclr")
        {
            Width = Width, ImageSize = Size, Batch = Pairs, Settings = ["backbone.stem=small", "temperature=0.5", "optimizer.name=sgd"],
        };
        var program = TrainingConfig.Build(request.Method, TrainingConfig.Resolve(request, images));
        Directory.CreateDirectory(folder);
        foreach (var (name, bytes) in ProgramWriter.Files(program))
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }
}
