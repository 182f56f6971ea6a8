using System.CommandLine;
using Jem.Embed.Index;
using Jem.Embed.Runtime;
using Jem.Shared;

namespace Jem.Embed.Tool.Commands;

/// <summary><c>jem-embed index</c>: a folder of images to an index that can be searched.</summary>
internal static class IndexCommand
{
    public static Command Create(CommandConsole console)
    {
        var folder = new Argument<string>("folder") { Description = "A folder of images, with its sub-folders." };
        var encoding = new EncoderArguments("INDEX", "The folder to write: vectors, names and a copy of the encoder.");
        var command = new ExampleCommand(
            "index",
            "Makes an index of a folder of images, for `jem-embed search`.",
            "jem-embed index photos --model encoder.onnx --out photos.index")
        { folder };
        encoding.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (root, index) = (parsed.GetValue(folder)!, parsed.GetValue(encoding.Out)!);
            using var encoder = encoding.Load(parsed, normalize: true);
            using var writer = Open(index, encoder, root, encoding.Overwrites(parsed));
            var images = ImageArguments.InFolder(root, console, cancellation);
            var names = images.ToDictionary(image => image.Path, image => image.Name);
            var summary = await EncodeLoop.RunAsync(
                console,
                encoder,
                [.. images.Select(image => image.Path)],
                (batch, vectors) => writer.WriteAsync([.. batch.Select(path => names[path])], vectors),
                cancellation);
            await writer.CompleteAsync();
            await console.SayAsync($"{index}: {summary}. Search it: jem-embed search IMAGE --index {ShellWord.Of(index)}");
            return EmbedApp.Done;
        });
        return command;
    }

    private static IndexWriter Open(string index, Encoder encoder, string root, bool overwrite)
    {
        try
        {
            return new IndexWriter(index, encoder, root, overwrite);
        }
        catch (IndexPlaceException error)
        {
            throw new EmbedUsageException($"{error.Message} Choose another --out{(error.IsIndex ? ", or replace it with --overwrite" : "")}.");
        }
    }
}
