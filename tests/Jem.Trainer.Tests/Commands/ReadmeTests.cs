using System.Text.RegularExpressions;
using Jem.Trainer.Commands;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Tests.Commands;

/// <summary>What the documents tell a person to type works, whatever they will say tomorrow.</summary>
public partial class ReadmeTests
{
    // The same commands on fewer images, drawn ones where they come from a package, and for two steps: README's sizes are for people
    // who want to see something.
    private const string Smaller = """
        smaller() {
          arguments=() previous=""
          for argument in "$@"; do
            [ "$previous" = --steps ] && argument=2
            [[ $argument = synthetic:shapes* ]] && argument="synthetic:shapes?n=140"
            [[ $argument = fashion-mnist ]] && argument="synthetic:shapes?n=140&size=28&channels=1"
            arguments+=("$argument") previous=$argument
          done
        }
        jem_of_size() { smaller "$@"; jem "${arguments[@]}"; }
        """;

    private static readonly string s_readme = File.ReadAllText(Path.Combine(Shell.Root, "README.md"));

    private static IEnumerable<string> Documents => Directory.EnumerateFiles(Shell.Root, "*.md")
        .Concat(Directory.EnumerateFiles(Path.Combine(Shell.Root, "docs"), "*.md"))
        .Select(file => Path.GetRelativePath(Shell.Root, file));

    [Test]
    [Category("Slow")]
    public void Every_example_of_the_README_runs()
    {
        var inBlocks = Block().Matches(s_readme).SelectMany(block => block.Groups["lines"].Value.Replace("\\\n", " ").Split('\n'))
            .Select(line => line.Trim()).Where(line => line.Length > 0 && !Definition().IsMatch(line));
        var inText = Inline().Matches(s_readme)
            .Select(match => match.Groups["arguments"].Value)
            .Where(arguments => !Placeholder().IsMatch(arguments))
            .Select(arguments => $"jem {arguments}");
        var lines = inBlocks.Concat(inText).ToList();
        Assert.That(lines.Count(line => line.StartsWith("jem", StringComparison.Ordinal)), Is.GreaterThan(8), "examples found");

        using var folder = new TemporaryFolder();
        Directory.CreateSymbolicLink(folder.At("presets"), Path.Combine(Shell.Root, "presets"));
        var script = string.Concat(lines.Select(line => $"echo {Quoted($"README> {line}")} >&2\n{Command().Replace(line, "jem_of_size ")}\n"));
        var result = Shell.Run($"{Smaller}\nset -euo pipefail\n{script}", folder.Path);
        Assert.That(result.Code, Is.Zero, $"The last line below failed.\n{result.Error}");
    }

    [Test]
    public void The_scripts_of_the_README_are_there_and_are_bash()
    {
        var scripts = Script().Matches(s_readme).Select(match => Path.Combine(Shell.Root, match.Groups["path"].Value)).ToList();
        Assert.That(scripts, Has.Count.GreaterThanOrEqualTo(2));
        foreach (var script in scripts)
        {
            var check = Shell.Run($"test -x {Quoted(script)} && bash -n {Quoted(script)}", Shell.Root);
            Assert.That(check.Code, Is.Zero, $"{script} {check.Error}");
        }
    }

    [TestCaseSource(nameof(Documents))]
    public void Commands_within_a_text_are_understood(string document)
    {
        foreach (var command in Inline().Matches(File.ReadAllText(Path.Combine(Shell.Root, document))).Select(match => match.Groups["arguments"].Value))
        {
            Assert.That(CommandHost.Refusal(JemApp.Root(JemKit.BuiltIn).Parse(command)), Is.Null, $"{document}: jem {command}");
        }
    }

    [TestCaseSource(nameof(Documents))]
    public void What_a_shell_would_take_for_itself_is_quoted(string document)
    {
        var bare = from match in Specification().Matches(File.ReadAllText(Path.Combine(Shell.Root, document)))
                   where match.Value.AsSpan().ContainsAny('?', '&', '*') && match.Groups["quote"].Length == 0
                   select match.Value;
        Assert.That(bare, Is.Empty, document);
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''")}'";

    [GeneratedRegex(@"^```bash\n(?<lines>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^jem(_embed)?\(\)")]
    private static partial Regex Definition();

    [GeneratedRegex(@"\bjem ")]
    private static partial Regex Command();

    [GeneratedRegex(@"^    \./(?<path>[\w./-]+)", RegexOptions.Multiline)]
    private static partial Regex Script();

    [GeneratedRegex(@"\b[A-Z]{2,}\b")]
    private static partial Regex Placeholder();

    // Images by name, as far as they are a word of a command line: not a form such as mix:W*SPEC, nor an option alone.
    [GeneratedRegex(@"(?<quote>['""]?)\b(folder|list|idx|cifar100?|synthetic|mix):(?!W)[^\s`'""|]+")]
    private static partial Regex Specification();

    // A command with a flag is an example; `jem train` alone is a name.
    [GeneratedRegex(@"`jem (?<arguments>[^`\n]*--[^`\n]*)`")]
    private static partial Regex Inline();
}
