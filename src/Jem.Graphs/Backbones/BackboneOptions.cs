namespace Jem.Graphs.Backbones;

/// <summary>Which network turns an image into a representation.</summary>
public sealed record BackboneOptions
{
    /// <summary>A name of <see cref="BackboneTable"/>.</summary>
    public string Name { get; init; } = "resnet18";

    /// <summary>Channels of the first stage; torchvision's ResNets have 64. The others follow in proportion.</summary>
    public int Width { get; init; } = 64;

    /// <summary><c>small</c>: 3×3, stride 1, no pooling (CIFAR). <c>large</c>: 7×7, stride 2, max pooling (ImageNet). <c>auto</c>: large from 96 pixels.</summary>
    public string Stem { get; init; } = "auto";
}
