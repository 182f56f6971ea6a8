using System.Text.Json;
using Jem.Graphs.Backbones;
using Jem.Graphs.Export;
using Jem.Graphs.Options;

namespace Jem.Trainer.Exporting;

/// <summary>What a person must know of a kind of backbone to load its weights elsewhere.</summary>
/// <param name="Prefix">How the names of these backbones begin.</param>
/// <param name="Library">Whose names the weights have.</param>
/// <param name="Own">The form in which that library makes the network, if it is not told otherwise.</param>
/// <param name="Missing">What that library's network has and the file does not.</param>
/// <param name="Form">The network's form in words, from its options and the side of the images in pixels.</param>
internal sealed record BackboneFamily(string Prefix, string Library, string Own, string Missing, Func<BackboneOptions, int, string> Form)
{
    private const string Classifier = "the classifier: nothing was trained with labels here";

    private static readonly BackboneFamily[] s_all =
    [
        new(
            "resnet",
            "torchvision",
            "width 64, the large stem and 3 channels",
            $"`fc.weight` and `fc.bias` ({Classifier}), and each `num_batches_tracked` (a counter that only training uses)",
            (options, side) => $"width {options.Width}, {Stem(options, side, "3×3, stride 1, no pooling", "7×7, stride 2, max pooling")}"),
        new(
            "convnext",
            "torchvision",
            "width 96, the large stem and 3 channels",
            $"`classifier.2.weight` and `classifier.2.bias` ({Classifier})",
            (options, side) => $"width {options.Width}, {Stem(options, side, "patches of 2 pixels", "patches of 4 pixels")}"),
        new(
            "vit",
            "timm",
            "patches of 16 pixels, images of 224×224 and 3 channels",
            $"`head.weight` and `head.bias` ({Classifier})",
            (options, _) => $"width {options.Width}, {options.Depth} blocks, patches of {options.Patch} pixels, "
                + $"{(options.Pool == "mean" ? "the mean of the patches" : "the class token")}"),
    ];

    /// <summary>That of a program's backbone; null for a backbone from outside.</summary>
    public static BackboneFamily? Of(ProgramManifest manifest) =>
        Array.Find(s_all, family => manifest.Backbone.StartsWith(family.Prefix, StringComparison.Ordinal));

    /// <summary>A program's backbone in words, with what <c>auto</c> became.</summary>
    public static string Describe(ProgramManifest manifest) => Of(manifest) is { } family && Options(manifest) is { } options
        ? $"{options.Name}, {family.Form(options, manifest.Image.Size)}"
        : manifest.Backbone;

    private static string Stem(BackboneOptions options, int side, string small, string large) =>
        options.StemFor(side) is var stem ? $"{stem} stem ({(stem == "large" ? large : small)})" : "";

    // The options of a program are for people: whoever made it may have written others.
    private static BackboneOptions? Options(ProgramManifest manifest)
    {
        try
        {
            return OptionJson.As(manifest.Options["backbone"], typeof(BackboneOptions)) as BackboneOptions;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
