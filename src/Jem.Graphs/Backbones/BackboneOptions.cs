using Jem.Graphs.Options;

namespace Jem.Graphs.Backbones;

/// <summary>Which network turns an image into a representation.</summary>
public sealed record BackboneOptions
{
    /// <summary>The catalog from which <see cref="Name"/> is.</summary>
    public const string Catalog = "backbones";

    /// <summary>The network. Parameters have the names of torchvision, those of a vision transformer timm's.</summary>
    [Option("The network. Parameters have the names of torchvision, those of a vision transformer timm's.", Catalog = Catalog)]
    public string Name { get; init; } = "resnet18";

    /// <summary>Channels of the first stage, or of a transformer's tokens (≥ 0).</summary>
    [Option(
        "Channels of the first stage, or of a transformer's tokens; others follow in proportion. 0 takes the backbone's own: "
        + "ResNet 64, ConvNeXt 96, ViT-Tiny 192, ViT-Small 384.", Least = 0, Most = 2048)]
    public int Width { get; init; }

    /// <summary>Blocks of a vision transformer (≥ 0).</summary>
    [Option("Blocks of a vision transformer; 0 takes its own, 12. Other backbones have theirs.", Least = 0)]
    public int Depth { get; init; }

    /// <summary>Side in pixels of a vision transformer's patches, which divides the image's (≥ 0).</summary>
    [Option("Side in pixels of a vision transformer's patches, which divides the image's; 0 takes 16 for images of 96 pixels or more, else 4.", Least = 0)]
    public int Patch { get; init; }

    /// <summary>A vision transformer's representation: its class token, or the mean of its patches.</summary>
    [Option("A vision transformer's representation: its class token, or the mean of its patches.", Names = ["class", "mean"])]
    public string Pool { get; init; } = "class";

    /// <summary>small: 3×3, stride 1, no pooling (CIFAR).</summary>
    [Option(
        "small: 3×3, stride 1, no pooling (CIFAR). large: 7×7, stride 2, max pooling (ImageNet). ConvNeXt takes patches of 2 pixels, or of 4. auto: "
        + "large from 96 pixels.", Names = ["auto", "small", "large"])]
    public string Stem { get; init; } = "auto";

    /// <summary>The stem for images of a side in pixels: <c>small</c> or <c>large</c>. It is <see cref="Stem"/> or, for auto, what suits the side.</summary>
    public string StemFor(long side) => Stem != "auto" ? Stem : side >= 96 ? "large" : "small";
}
