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
        var words = Spaces().Replace(help, " ");
        Assert.That(words, Does.Contain("[resnet18; vit_small of data2vec]").And.Contain("[cpu]")
            .And.Contain("[by the images and the machine;").And.Contain("`jem methods METHOD`"));
        Assert.That(help.Split('\n').Select(line => line.TrimEnd().Length), Is.All.LessThanOrEqualTo(100));
    }

    [TestCaseSource(nameof(Verbs))]
    public void Help_of_a_verb_is_the_same_as_a_verb_and_as_a_flag(string verb)
    {
        var asked = CommandLine.Run(["help", .. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.That((asked.Code, asked.Output), Is.EqualTo((CommandHost.Done, Help(verb))));
    }

    [TestCase("help", "evla")]
    [TestCase("evla", "--help")]
    public void Help_of_a_verb_that_there_is_not_names_the_nearest(params string[] arguments)
    {
        var result = CommandLine.Run(arguments);
        Assert.That(result.Code, Is.EqualTo(CommandHost.WrongUsage));
        Assert.That(result.Error, Is.EqualTo("jem: Unknown 'evla'. Did you mean 'eval'? See `jem --help`."));
    }

    [TestCaseSource(nameof(Verbs))]
    public void Every_flag_has_a_heading_and_the_environment_is_told(string verb) =>
        Assert.That(Help(verb), Does.Not.Contain("Other:").And.Contain("JEM_CACHE").And.Contain("JEM_DEBUG").And.Contain("NO_COLOR"));

    [TestCase("train")]
    [TestCase("eval")]
    [TestCase("clusters")]
    [TestCase("data")]
    [TestCase("report")]
    [TestCase("collapse")]
    public void Verbs_that_read_images_tell_every_way_to_name_them(string verb)
    {
        var help = Spaces().Replace(Help(verb), " ");
        foreach (var kind in JemKit.BuiltIn.Data.All)
        {
            Assert.That(help, Does.Contain($" {kind.Usage} {kind.Summary}."));
            Assert.That(kind.Options.Where(option => !help.Contains($"?{option.Name}=N: {option.Summary} [{option.Default}].")), Is.Empty, kind.Name);
        }
    }

    [TestCase("eval", "--draws", "--seed")]
    [TestCase("clusters", "--labels", "--seed")]
    [TestCase("train", "--backbone", "--set")]
    [TestCase("data", "--images", "--count")]
    public void What_another_flag_depends_on_stands_before_it(string verb, string first, string second)
    {
        var help = Help(verb);
        int Place(string flag) => help.IndexOf($"\n  {flag} ", StringComparison.Ordinal);
        Assert.That(Place(first), Is.Positive.And.LessThan(Place(second)));
    }

    [Test]
    public void Help_of_jem_embed_is_a_verb_too()
    {
        using var folder = new TemporaryFolder();
        var result = Shell.Run("jem_embed help search; jem_embed search --help; jem_embed help serch", folder.Path);
        var half = result.Output.Length / 2;
        Assert.That(result.Output[..half], Is.EqualTo(result.Output[half..]).And.Contain("--index").And.Contain("JEM_DEBUG"));
        Assert.That((result.Code, result.Error), Is.EqualTo((CommandHost.WrongUsage, "Unknown 'serch'. Did you mean 'search'? See `jem-embed --help`.")));
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

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^ +jem (?<arguments>.+)$", RegexOptions.Multiline)]
    private static partial Regex Example();
}
