using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jem.Embed.Runtime;

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
        var image = new Argument<string>("image") { Description = "The image to look for." };
        var index = new Option<string>("--index") { Description = "An index that `jem-embed index` made.", HelpName = "INDEX", Required = true };
        var model = new Option<string?>("--model")
        {
            Description = "The encoder that made the index. Without this flag, the copy in the index is used.",
            HelpName = "encoder.onnx",
        };
        var root = IndexArguments.Root();
        var k = EncoderArguments.AtLeastOne("-k", "How many images to find.", "N", 10);
        var device = EncoderArguments.Device();
        var json = new Option<bool>("--json") { Description = "Print a JSON array of {rank, similarity, path}." };
        var command = new ExampleCommand(
            "search",
            "Finds the images of an index that are most similar to one, by the cosine of their embeddings.",
            "jem-embed search photo.jpg --index photos.index -k 10")
        { image, index, model, root, k, device, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (path, folder) = (parsed.GetValue(image)!, parsed.GetValue(index)!);
            if (!File.Exists(path))
            {
                throw new EmbedUsageException(Directory.Exists(path) ? $"{path} is a folder; expected an image to look for." : $"There is no image {path}.");
            }

            using var vectors = IndexArguments.Open(folder, parsed.GetValue(root));
            using var encoder = IndexArguments.OpenEncoder(vectors, EncoderArguments.Cuda(parsed, device), parsed.GetValue(model));
            var vector = encoder.EncodeFile(path, cancellation);
            if (vector.All(number => number == 0))
            {
                console.Complain($"{encoder.Name} gives zeros for {path}: the encoder may have collapsed. Similarities to it mean nothing.");
            }

            var found = vectors.Search(vector, parsed.GetValue(k));
            var lines = found.Select(neighbour => ControlCharacters.Escape($"{neighbour.Rank,4}  {neighbour.Similarity,7:0.0000}  {neighbour.Path}"));
            await console.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(found, s_json) : string.Join('\n', lines));
            if (IndexArguments.Missing(found) is { } missing)
            {
                console.Complain(missing);
            }

            return EmbedApp.Done;
        });
        return command;
    }
}
