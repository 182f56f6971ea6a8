using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Imaging;

namespace Jem.Embed.Tool.Commands;

/// <summary><c>jem-embed search</c>: the images of an index that are most similar to one.</summary>
internal static class SearchCommand
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create(CommandConsole console)
    {
        var image = new Argument<string>("image") { Description = "The image to look for.", HelpName = "IMAGE" };
        var index = new Option<string>("--index") { Description = "An index that `jem-embed index` made.", HelpName = "INDEX", Required = true };
        var model = new Option<string?>("--model")
        {
            Description = "The encoder, if not the copy in the index; it must be the same.",
            HelpName = "encoder.onnx",
        };
        var k = EncoderArguments.AtLeastOne("-k", "How many images to find.", "N", 10);
        var json = new Option<bool>("--json") { Description = "Print a JSON array of {rank, similarity, path}." };
        var command = new ExampleCommand(
            "search",
            "Finds the images of an index that are most similar to one, by the cosine of their embeddings.",
            "jem-embed search photo.jpg --index photos.index -k 10")
        { image, index, model, k, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (path, folder) = (parsed.GetValue(image)!, parsed.GetValue(index)!);
            if (!File.Exists(path))
            {
                throw new FileNotFoundException($"There is no image {path}.", path);
            }

            using var vectors = VectorIndex.Open(folder);
            using var encoder = new Encoder(parsed.GetValue(model) ?? Path.Combine(folder, IndexWriter.EncoderFile), new EncoderOptions { BatchSize = 1 });
            vectors.CheckEncoder(encoder);
            var found = vectors.Search(encoder.EmbedBatch([ImageDecoder.Decode(path)]).Row(0), parsed.GetValue(k));
            await console.Output.WriteLineAsync(parsed.GetValue(json)
                ? JsonSerializer.Serialize(found, s_json)
                : string.Join('\n', found.Select(neighbour => $"{neighbour.Rank,4}  {neighbour.Similarity,7:0.0000}  {neighbour.Path}")));
            return EmbedApp.Done;
        });
        return command;
    }
}
