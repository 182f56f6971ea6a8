using System.CommandLine;
using System.CommandLine.Invocation;
using Jem.Graphs.Naming;
using Jem.Trainer.Data;
using Spectre.Console;

namespace Jem.Trainer.Commands;

/// <summary>A command's help: what it does, its flags by what they are about, how to name images, an example, the exit codes.</summary>
/// <param name="kinds">The kinds of data that there are.</param>
internal sealed class HelpPage(Catalog<DataKind> kinds) : SynchronousCommandLineAction
{
    private const string Example = "Example:";

    // From this many flags on, a list without headings is hard to read.
    private const int Many = 9;

    // A flag of one verb stands here with the verb, if it belongs elsewhere than that of other verbs. What depends on another stands after it.
    private static readonly (string Heading, string[] Flags)[] s_headings =
    [
        ("Data and run folder", ["--data", "--split", "--strict", "--program", "--resume", "--best", "--out", "--overwrite"]),
        ("Method",
        [
            "--only", "--preset", "--config", "--backbone", "--width", "--image-size", "--channels", "--batch", "--set", "collapse --steps", "--seed",
        ]),
        ("Protocol",
        [
            "--protocol", "--knn", "--linear", "--baselines", "--k", "--temperature", "--distance", "--solver", "--iterations", "eval --epochs", "--lr",
            "--labels", "--labels-per-class", "--draws", "eval --seed", "clusters --seed",
        ]),
        ("Length and checks", ["--epochs", "--steps", "--knn-every", "--patience", "--stop-on-collapse", "--checkpoint-every", "--keep"]),
        ("Machine",
        [
            "--device", "--precision", "--deterministic", "--cuda-graph", "--ep-library", "--conv", "--threads", "--portable", "--workers", "--prefetch",
        ]),
        ("What is shown",
        [
            "profile --steps", "--by", "--views", "data --out", "data --overwrite", "--images", "data --split", "--count", "--dry-run", "--sheets",
            "--quiet", "--json",
        ]),
    ];

    private static readonly List<(string Heading, string Flag)> s_places =
        [.. s_headings.SelectMany(heading => heading.Flags, (heading, flag) => (heading.Heading, flag))];

    private static readonly (string Name, string About)[] s_environment =
    [
        ("JEM_CACHE", "The folder that keeps decoded images for later runs [jem in the user's cache folder]."),
        ("JEM_FASHION_MNIST", "The folder with the four IDX files of fashion-mnist [where Debian's package puts them]."),
        ("JEM_DEBUG", "If it is not empty, an error is shown with its place in the code."),
        ("NO_COLOR", "If it is not empty, nothing is coloured. Only a terminal gets colours in any case."),
        ("COLUMNS", "The width of tables where the output is no terminal [80]."),
    ];

    private const string Specifications = "Images, as SPEC (in quotes if it has ?, & or *, as 'folder:photos?channels=1&classes=0' has):";

    public override int Invoke(ParseResult parseResult)
    {
        var (command, console) = (parseResult.CommandResult.Command, Output.On(parseResult.InvocationConfiguration.Output));
        var (what, example) = command.Description?.Split(Example) is [var before, var after] ? (before, after) : (command.Description ?? "", "");
        Write(console, what.Trim());
        Write(console, $"\nUsage: {Usage(command)}");
        Grid(console, command.Arguments.Select(argument => ($"<{argument.Name}>", argument.Description ?? "")));
        Section(console, "Commands (`jem help COMMAND` tells more of one):", command.Subcommands.Select(verb => (verb.Name, verb.Description!.Split('\n')[0])));
        var flags = command.Options.Where(option => !option.Hidden).OrderBy(option => Place(command, option)).ToList();
        foreach (var group in flags.GroupBy(option => flags.Count < Many ? "Flags" : Heading(command, option)))
        {
            Section(console, $"{group.Key}:", group.Select(option => (Name(option), About(option))));
        }

        if (command.Arguments.Any(argument => argument.Name == "spec") || flags.Any(option => option.HelpName == "SPEC"))
        {
            Section(console, Specifications, kinds.All.Select(kind => (kind.Usage, About(kind))));
        }

        Section(console, "Environment:", s_environment);
        Write(console, $"\n{Example}\n  {example.Trim()}\n\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.");
        return CommandHost.Done;
    }

    private static string Usage(Command command) => string.Join(
        ' ',
        [
            command is RootCommand ? "jem <command>" : $"jem {command.Name}",
            .. command.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $"[<{argument.Name}>]" : $"<{argument.Name}>"),
            .. command.Options.Where(option => option.Required).Select(Name),
            "[flags]",
        ]);

    private static string Name(Option option) => $"{option.Name} {(option.ValueType == typeof(bool) ? "" : option.HelpName)}".TrimEnd();

    // Where the description does not say the default, it follows in brackets.
    private static string About(Option option)
    {
        var text = option.Description ?? "";
        var value = option.HasDefaultValue ? option.GetDefaultValue()?.ToString() : null;
        return option.Required ? $"{text} Required." : text.Contains('[') || value is null or "" or "False" ? text : $"{text.TrimEnd('.')} [{value}].";
    }

    private static string About(DataKind kind) =>
        string.Concat(kind.Options.Select(option => $" ?{option.Name}=N: {option.Summary} [{option.Default}].").Prepend($"{kind.Summary}."));

    private static string Heading(Command command, Option option) =>
        Place(command, option) is var place && place < s_places.Count ? s_places[place].Heading : "Other";

    private static int Place(Command command, Option option)
    {
        var own = s_places.FindIndex(place => place.Flag == $"{command.Name} {option.Name}");
        var place = own >= 0 ? own : s_places.FindIndex(place => place.Flag == option.Name);
        return place >= 0 ? place : s_places.Count;
    }

    private static void Section(IAnsiConsole console, string heading, IEnumerable<(string Name, string About)> rows)
    {
        if (rows.Any())
        {
            Write(console, $"\n{heading}");
            Grid(console, rows);
        }
    }

    private static void Grid(IAnsiConsole console, IEnumerable<(string Name, string About)> rows)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(2).PadRight(2)).AddColumn(new GridColumn().PadRight(0));
        foreach (var (name, about) in rows)
        {
            grid.AddRow(new Text(name), new Text(about));
        }

        if (grid.Rows.Count > 0)
        {
            console.Write(grid);
        }
    }

    // An example must not be broken in the middle of a line that somebody copies.
    private static void Write(IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);
}
