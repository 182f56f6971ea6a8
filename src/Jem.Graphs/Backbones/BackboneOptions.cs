using Jem.Graphs.Options;

namespace Jem.Graphs.Backbones;

/// <summary>Which network turns an image into a representation.</summary>
public sealed record BackboneOptions
{
    [Option("The network; its parameters have torchvision's names.", NamesOf = typeof(BackboneTable))]
    public string Name { get; init; } = "resnet18";

    [Option("Channels of the first stage; torchvision's ResNets have 64. The others follow in proportion.", Least = 1)]
    public int Width { get; init; } = 64;

    [Option("small: 3×3, stride 1, no pooling (CIFAR). large: 7×7, stride 2, max pooling (ImageNet). auto: large from 96 pixels.", Names = ["auto", "small", "large"])]
    public string Stem { get; init; } = "auto";
}
