using System.Text.Encodings.Web;
using System.Text.Json;
using Jem.Graphs.Export;
using Jem.Graphs.Nn;
using Jem.Graphs.Programs;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Exporting;

/// <summary>The page that goes with an encoder: what it is, how to feed it without Jem, how it came about.</summary>
internal static class ModelCard
{
    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(ProgramManifest manifest, IReadOnlyDictionary<string, string> metadata, EncoderSource source, long bytes, string hash)
    {
        var (channels, side, dimension) = (metadata["jem.channels"], metadata["jem.image_size"], metadata["jem.dimension"]);
        var computed = source.Computed is { } remark ? $"; {remark}" : "";
        return $$"""
            # {{manifest.Backbone}}, trained with {{manifest.Method}}

            An image encoder: similar images get embeddings with a high cosine similarity.

            | | |
            |---|---|
            | Method | {{manifest.Method}} |
            | Network | {{BackboneFamily.Describe(manifest)}}{{(HasTeacher(manifest) ? "; the student, which gradients trained, not its teacher" : "")}} |
            | Embedding | {{dimension}} numbers, float32, not normalised |
            | Trained on | {{source.Data}} |
            | Training | {{source.Step:N0}} steps of {{manifest.BatchSize}} images, seed {{manifest.Seed}}{{computed}} |
            | File | `{{EncoderFiles.Model}}`, {{bytes:N0}} bytes, SHA-256 `{{hash}}` |

            ## Feeding it

            The file takes `image`, float32 [N,{{channels}},{{side}},{{side}}], and gives `embedding`, float32 [N,{{dimension}}].
            Divide an embedding by its length before you take dot products.

            `jem-embed` prepares images by the file's metadata (`jem.*`). Without it, do these steps in this order:

            {{PreparationText.Of(metadata)}}

            `onnxruntime.InferenceSession("{{EncoderFiles.Model}}").run(None, {"image": prepare(…)[None]})[0]` is then the embedding.

            ## Weights

            {{Weights(manifest)}}

            ## Options

            ```json
            {{Options(manifest)}}
            ```

            """;
    }

    private static bool HasTeacher(ProgramManifest manifest) =>
        manifest.Stage(ProgramStages.Step).Inputs.Any(input => input.Name.StartsWith($"{Net.TeacherScope}.", StringComparison.Ordinal));

    private static string Weights(ProgramManifest manifest)
    {
        var what = $"`{EncoderFiles.Weights}` has the weights of this network by name. What only training needs is not in it, nor in `{EncoderFiles.Model}`: "
            + "projector, predictor, prototypes, teacher, the optimiser's state. The run's checkpoints have it.";
        return BackboneFamily.Of(manifest) is not { } family ? what : $"""
            {what}

            The names are {family.Library}'s. If you do not say otherwise, {family.Library} makes the network with {family.Own}: make it as in the table above.
            `load_state_dict(weights, strict=False)` then reports as missing {family.Missing}.
            """;
    }

    // A line for each group.
    private static string Options(ProgramManifest manifest) =>
        $"{{\n{string.Join(",\n", manifest.Options.Select(option => $"  \"{option.Key}\": {option.Value?.ToJsonString(s_readable) ?? "null"}"))}\n}}";
}
