using System.CommandLine;
using Jem.Embed.Index;

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
            CheckPlace(index, encoding.Overwrites(parsed));
            var images = ImageArguments.InFolder(root, console, cancellation);
            var names = images.ToDictionary(image => image.Path, image => image.Name);
            using var encoder = encoding.Load(parsed, normalize: true);
            using var writer = new IndexWriter(index, encoder, root);
            var summary = await EncodeLoop.RunAsync(
                console,
                encoder,
                [.. images.Select(image => image.Path)],
                (batch, vectors) => writer.WriteAsync([.. batch.Select(path => names[path])], vectors),
                cancellation);
            await writer.CompleteAsync();
            await console.Output.WriteLineAsync($"{index}: {summary}. Search it: jem-embed search IMAGE --index {index}");
            return EmbedApp.Done;
        });
        return command;
    }

    private static void CheckPlace(string index, bool overwrite)
    {
        if (File.Exists(index))
        {
            throw new EmbedUsageException($"{index} is a file; an index is a folder. Choose another --out.");
        }

        if (Directory.Exists(index) && !IndexWriter.MayReplace(index))
        {
            throw new EmbedUsageException($"{index} is a folder with other things in it; an index would replace them. Choose another --out.");
        }

        if (File.Exists(Path.Combine(index, IndexManifest.FileName)) && !overwrite)
        {
            throw new EmbedUsageException($"{index} exists. Choose another --out, or replace it with --overwrite.");
        }
    }
}
