using System.Text.RegularExpressions;
using Jem.Trainer.Commands;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Tests.Commands;

public partial class HelpTests
{
    private static IEnumerable<string> Verbs => JemApp.Root(JemKit.BuiltIn).Subcommands.Select(verb => verb.Name).Prepend("");

    [TestCaseSource(nameof(Verbs))]
    public void Examples_of_the_help_are_understood(string verb)
    {
        var examples = Example().Matches(Help(verb)).Select(match => match.Groups["arguments"].Value).ToList();
        Assert.That(examples, Is.Not.Empty);
        foreach (var example in examples)
        {
            Assert.That(CommandHost.Refusal(JemApp.Root(JemKit.BuiltIn).Parse(example)), Is.Null, example);
        }
    }

    [TestCaseSource(nameof(Verbs))]
    public void Help_ends_with_the_exit_codes(string verb) =>
        Assert.That(Help(verb).TrimEnd(), Does.EndWith("Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted."));

    [Test]
    public void Help_of_train_is_grouped_and_tells_defaults()
    {
        var help = Help("train");
        var headings = new[] { "Data and run folder:", "Method:", "Length and checks:", "Machine:", "What is shown:", "Example:" };
        Assert.That(headings.Select(heading => help.IndexOf(heading, StringComparison.Ordinal)), Is.Ordered.And.All.Positive);
        Assert.That(help, Does.Contain("[the method's]").And.Contain("[cpu]").And.Contain("[256]").And.Contain("`jem methods METHOD`"));
        Assert.That(help.Split('\n').Select(line => line.TrimEnd().Length), Is.All.LessThanOrEqualTo(100));
    }

    [TestCase("encode")]
    [TestCase("index")]
    [TestCase("search")]
    [TestCase("gallery")]
    public void Examples_of_the_help_of_jem_embed_are_understood(string verb)
    {
        using var folder = new TemporaryFolder();
        var result = Shell.Run($$"""
            example=$(jem_embed {{verb}} --help | sed -n '/^Example/,$p' | grep -E '^ +jem-embed {{verb}} ')
            echo "$example"
            eval "${example/jem-embed/jem_embed}"
            """, folder.Path);

        // There is no such file here; a command line that is not understood is answered with a pointer to the help.
        Assert.That(result.Output, Does.Contain($"jem-embed {verb} "));
        Assert.That(result.Code, Is.AnyOf(CommandHost.Failed, CommandHost.WrongUsage));
        Assert.That(result.Error, Is.Not.Empty.And.Not.Contain("--help`"));
    }

    private static string Help(string verb) => CommandLine.Run([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]).Output;

    [GeneratedRegex(@"^ +jem (?<arguments>.+)$", RegexOptions.Multiline)]
    private static partial Regex Example();
}
