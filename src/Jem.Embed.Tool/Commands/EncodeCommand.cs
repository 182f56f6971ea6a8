using System.CommandLine;
using Jem.Embed.Vectors;

namespace Jem.Embed.Tool.Commands;

/// <summary><c>jem-embed encode</c>: images to a file of vectors.</summary>
internal static class EncodeCommand
{
    public static Command Create(CommandConsole console)
    {
        var images = new Argument<string[]>("images")
        {
            Description = "Image files, or folders of images with their sub-folders.",
            Arity = ArgumentArity.OneOrMore,
        };
        var normalize = new Option<bool>("--normalize") { Description = "Scale every embedding to length 1, so that a dot product is a cosine." };
        var encoding = new EncoderArguments(
            "FILE",
            $"The file to write. Its ending decides the format: {string.Join(", ", VectorWriter.Extensions)}. "
            + "A .npy file has the names of the images in a .txt beside it.");
        var command = new ExampleCommand(
            "encode",
            "Writes the embeddings of images to a file.",
            "jem-embed encode photos --model encoder.onnx --out vectors.parquet")
        { images, normalize };
        encoding.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = parsed.GetValue(encoding.Out)!;
            CheckEnding(path);
            var (written, overwrite) = (VectorWriter.FilesOf(path), encoding.Overwrites(parsed));
            OutputFiles.Check(written, overwrite);
            var files = ImageArguments.Find(parsed.GetValue(images)!, console, cancellation);
            using var encoder = encoding.Load(parsed, parsed.GetValue(normalize));
            using var writer = OutputFiles.Open(written, overwrite, () => VectorWriter.Create(path, encoder.Info.Dimension));
            var summary = await EncodeLoop.RunAsync(console, encoder, files, writer.WriteAsync, cancellation);
            await writer.CompleteAsync();
            await console.SayAsync($"{path}: {summary}");
            return EmbedApp.Done;
        });
        return command;
    }

    private static void CheckEnding(string path)
    {
        try
        {
            VectorWriter.CheckExtension(path);
        }
        catch (ArgumentException error)
        {
            throw new EmbedUsageException(error.Message);
        }
    }
}
