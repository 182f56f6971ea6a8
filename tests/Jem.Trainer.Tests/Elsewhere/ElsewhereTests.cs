using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Elsewhere;

/// <summary>tests/elsewhere: programs that were trained here are run once more in Node.js, by the documents alone.</summary>
[Category("Slow")]
public class ElsewhereTests
{
    private static readonly string s_folder = Path.Combine(Shell.Root, "tests", "elsewhere");

    [Test]
    public void A_program_that_follows_the_documents_gets_the_scalars_losses_and_weights_of_the_trainer()
    {
        Prerequisite.Require(
            Shell.Run("node --version", Shell.Root).Code == 0 && Directory.Exists(Path.Combine(s_folder, "node_modules", "onnxruntime-node")),
            "Node.js or its packages are not there: install Node.js and npm, then run npm install in tests/elsewhere.");

        using var folder = new TemporaryFolder();
        var result = Shell.Run($"node main.js '{folder.Path}' dotnet '{Path.Combine(AppContext.BaseDirectory, "Jem.Trainer.Tool.dll")}'", s_folder);
        TestContext.Out.WriteLine(result.Output);
        Assert.That(result.Code, Is.Zero, $"{result.Output}\n{result.Error}");
    }
}
