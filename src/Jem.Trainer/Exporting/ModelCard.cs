using System.Text.Json;
using Jem.Graphs.Export;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Exporting;

/// <summary>The page that goes with an encoder: what it is, how to feed it, how it came about.</summary>
internal static class ModelCard
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static string Text(ProgramManifest manifest, IReadOnlyDictionary<string, string> metadata, EncoderSource source, long bytes, string hash)
    {
        var (channels, size) = (metadata["jem.channels"], metadata["jem.image_size"]);
        var names = metadata["jem.backbone"].StartsWith("vit", StringComparison.Ordinal) ? "timm's" : "torchvision's";
        return $"""
            # {metadata["jem.backbone"]}, trained with {metadata["jem.method"]}

            An image encoder: similar images get embeddings with a high cosine similarity.

            | | |
            |---|---|
            | Method | {metadata["jem.method"]} |
            | Backbone | {metadata["jem.backbone"]}; {names} names in `{EncoderFiles.Weights}` |
            | Embedding | {metadata["jem.dimension"]} numbers, float32, not normalised |
            | Trained on | {metadata["jem.data"]} |
            | Training | {source.Step:N0} steps of {manifest.BatchSize} images, seed {manifest.Seed} |
            | File | `{EncoderFiles.Model}`, {bytes:N0} bytes, SHA-256 `{hash}` |

            ## Feeding it

            - Input `image`: float32 [N,{channels},{size},{size}], N images at once.
            - Resize the whole image to {size}×{size} (bilinear, antialiased), take {channels} channel{(channels == "1" ? " (grey)" : "s")}.
            - Then (pixel/255 − mean)/std per channel, with mean {metadata["jem.mean"]} and std {metadata["jem.std"]}.
            - Output `embedding`: float32 [N,{metadata["jem.dimension"]}]. Divide by its length before taking dot products.

            The same facts are in the file's metadata under `jem.*`, and `jem-embed` follows them by itself.

            ## Options

            ```json
            {manifest.Options.ToJsonString(s_indented)}
            ```

            """;
    }
}
