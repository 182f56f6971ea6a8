using Jem.Embed.Tool.Commands;

namespace Jem.Embed.Tests.Tool;

/// <summary>Three pictures, an encoder, and <c>jem-embed</c> in this process.</summary>
public abstract class EmbedAppFixture : IDisposable
{
    protected EmbedAppFixture()
    {
        Model = TestEncoder.Write(Folder.At("encoder.onnx"));
        TestImages.SavePlain(Folder.At("photos/reds/red.png"), 250, 10, 10);
        TestImages.SavePlain(Folder.At("photos/reds/orange.jpg"), 240, 90, 10);
        TestImages.SavePlain(Folder.At("photos/blue.webp"), 10, 10, 250);
        File.WriteAllText(Folder.At("photos/notes.txt"), "no image");
    }

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected TemporaryFolder Folder { get; } = new();

    private protected string Model { get; }

    protected static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await EmbedApp.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
