using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Graphs.Options;
using Jem.Trainer.Commands;

namespace Jem.Trainer.Tests.Commands;

/// <summary>What goes where: results, words, colours.</summary>
public class OutputTests
{
    [Test]
    [Platform(Include = "Linux", Reason = "ONNX Runtime keeps what it will report below the home folder.")]
    public void Nothing_is_kept_for_reports_to_Microsoft()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        var script = $"jem train simclr --data 'synthetic:shapes?n=40&size=16' --width 4 --image-size 16 --batch 8 --steps 1 --out '{run}' --quiet"
            + $" && jem data 'synthetic:shapes?n=8&size=16' --images images --quiet && jem_embed encode images --model '{run}/encoder.onnx' --out v.npy";
        var result = Shell.Run(script, folder.Path, ("HOME", folder.Path), ("XDG_CACHE_HOME", ""), ("ORT_DISABLE_TELEMETRY", ""));
        Assert.That(result.Code, Is.Zero, result.Error);
        var hidden = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path, "*onnxruntime*", hidden), Is.Empty);
    }

    private const string Tiny = "--data 'synthetic:shapes?n=60&size=16' --width 4 --image-size 16 --batch 8 --steps 2";

    [Test]
    public void What_is_redirected_has_no_colours()
    {
        using var folder = new TemporaryFolder();

        // A build server, where libraries like to colour.
        var result = Shell.Run(
            $"""
            set -e
            jem --help; jem train --help; jem methods; jem methods simclr
            jem data 'synthetic:shapes?n=60&size=16'
            jem train simclr {Tiny} --out run
            jem eval run --data 'synthetic:shapes?n=60&size=16' --knn
            jem export run --out encoder
            jem graph simclr --width 4 --out program
            ! jem trian
            """,
            folder.Path,
            ("TERM", "xterm-256color"), ("GITHUB_ACTIONS", "true"), ("NO_COLOR", ""));
        Assert.That(result.Code, Is.Zero, result.Error);
        Assert.That(result.Output, Does.Contain("Exit codes").And.Contain("temperature").And.Contain("encoder.safetensors").And.Not.Contain('\u001b'));
        Assert.That(result.Error, Does.Contain("Did you mean 'train'?").And.Not.Contain('\u001b'));
    }

    [Test]
    public void A_terminal_has_colours_unless_NO_COLOR_is_set([Values] bool noColor)
    {
        using var folder = new TemporaryFolder();
        var result = Shell.Run(
            $"""command -v script >/dev/null || exit 99; script -qec "bash -c \"jem train simclr {Tiny} --out run\"" /dev/null""",
            folder.Path,
            // script starts $SHELL, and another shell would drop bash's functions.
            ("SHELL", "/bin/bash"), ("TERM", "xterm-256color"), ("NO_COLOR", noColor ? "1" : ""));
        Assume.That(result.Code, Is.Not.EqualTo(99), "util-linux's script makes the terminal");
        Assert.That(result.Code, Is.Zero, result.Output + result.Error);
        Assert.That(result.Output, noColor ? Does.Not.Match("\u001b\\[[0-9;]*(3|4|9)[0-9]") : Does.Match("\u001b\\[[0-9;]*(3|4|9)[0-9]"));
    }

    [Test]
    public void Options_as_JSON_are_those_of_the_table()
    {
        var document = JsonNode.Parse(CommandLine.Run("methods", "simclr", "--json").Output)!;
        var options = document["options"]!.AsArray().Select(option => option!).ToList();
        Assert.That(
            options.Select(option => (string)option["name"]!),
            Is.EqualTo(OptionTable.Of(new SimClrOptions(), Parts.BuiltIn.Names).Select(row => row.Name)));
        var temperature = options[0];
        Assert.That(
            ((double)temperature["default"]!, (string)temperature["range"]!, (string)temperature["symbol"]!, (string)temperature["group"]!),
            Is.EqualTo((0.5, "> 0", "τ", "simclr")));
        Assert.That(
            options.Select(option => (string)option["group"]!).Distinct(),
            Is.EqualTo(new[] { "simclr", "every method", "backbone", "image", "optimizer", "views" }));
    }

    [Test]
    public void Methods_as_JSON_name_their_papers()
    {
        var methods = JsonNode.Parse(CommandLine.Run("methods", "--json").Output)!.AsArray();
        Assert.That(methods.Select(method => (string)method!["method"]!), Is.EqualTo(MethodCatalog.BuiltIn.All.Select(method => method.Name)));
        Assert.That(methods.Select(method => (string)method!["paper"]!), Is.All.Contain("arXiv:"));
    }

    [Test]
    public async Task Results_and_complaints_go_where_the_caller_wants_them()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.That(await JemApp.RunAsync(["methods", "simclr"], output, error), Is.Zero);
        Assert.That((output.ToString().Contains("temperature"), error.ToString()), Is.EqualTo((true, "")));
        Assert.That(await JemApp.RunAsync(["train", "--help"], output, error), Is.Zero);
        Assert.That(output.ToString(), Does.Contain("Usage: jem train").And.Contain("--program DIR"));
        Assert.That(await JemApp.RunAsync(["trian"], output, error), Is.EqualTo(CommandHost.WrongUsage));
        Assert.That(error.ToString(), Does.StartWith("jem: Unknown 'trian'."));
    }

    [TestCase("80", 80)]
    [TestCase("140", 140)]
    public void The_list_of_options_fits_the_page(string columns, int width)
    {
        using var folder = new TemporaryFolder();
        var result = Shell.Run("jem methods simclr", folder.Path, ("COLUMNS", columns));
        Assert.That(result.Output.Split('\n').Select(line => line.Length), Is.All.LessThanOrEqualTo(width));
        var words = string.Join(' ', result.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (var row in OptionTable.Of(new SimClrOptions(), Parts.BuiltIn.Names))
        {
            Assert.That(words, Does.Contain(row.Name).And.Contain(OptionRow.Text(row.Value)));

            // A long list of names takes several lines of its column.
            Assert.That(row.Range.Split(' ').Where(word => !words.Contains(word)), Is.Empty, row.Name);
        }
    }

    [Test]
    public void A_program_that_cannot_be_written_leaves_the_file_that_was_there()
    {
        using var folder = new TemporaryFolder();
        string[] graph = ["graph", "simclr", "--width", "4", "--batch", "2", "--out", folder.At("program"), "--overwrite"];
        Assert.That(CommandLine.Run(graph).Code, Is.Zero);
        var file = folder.At("program", "step.onnx");
        File.WriteAllText(file, "before");
        Directory.CreateDirectory($"{file}.partial");
        Assert.That(CommandLine.Run(graph).Code, Is.EqualTo(1));
        Assert.That(File.ReadAllText(file), Is.EqualTo("before"));
    }

    [Test]
    public void Written_files_are_told_as_words_as_JSON_or_not_at_all()
    {
        using var folder = new TemporaryFolder();
        string Graph(string name, params string[] flags)
        {
            var result = CommandLine.Run(["graph", "simclr", "--width", "4", "--batch", "2", "--out", folder.At(name), .. flags]);
            Assert.That((result.Code, result.Error), Is.EqualTo((0, "")));
            return result.Output;
        }

        Assert.That(Graph("a"), Does.Match(@"step\.onnx  [\d,]+ bytes"));
        Assert.That(Graph("b", "--quiet"), Is.Empty);
        var files = JsonNode.Parse(Graph("c", "--json"))!.AsArray();
        Assert.That(
            files.Select(file => Path.GetFileName((string)file!["file"]!)),
            Is.EquivalentTo(new[] { "program.json", "step.onnx", "encoder.onnx", "init.safetensors" }));
        Assert.That(files.Select(file => (long)file!["bytes"]!), Is.EqualTo(files.Select(file => new FileInfo((string)file!["file"]!).Length)));
    }
}
