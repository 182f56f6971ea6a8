using System.CommandLine;
using System.CommandLine.Invocation;
using Spectre.Console;

namespace Jem.Trainer.Commands;

/// <summary>A command's help: what it does, its flags by what they are about, an example, the exit codes.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private const string Example = "Example:";

    // From this many flags on, a list without headings is hard to read.
    private const int Many = 9;

    private static readonly (string Heading, string[] Flags)[] s_headings =
    [
        ("Data and run folder", ["--data", "--program", "--split", "--strict", "--out", "--overwrite", "--resume"]),
        ("Method", ["--only", "--backbone", "--width", "--image-size", "--batch", "--preset", "--set", "--config", "--seed"]),
        ("Protocol",
        [
            "--protocol", "--knn", "--linear", "--baselines", "--k", "--temperature", "--distance", "--solver", "--lr", "--labels",
            "--labels-per-class", "--draws",
        ]),
        ("Length and checks", ["--epochs", "--steps", "--knn-every", "--patience", "--stop-on-collapse", "--checkpoint-every", "--keep"]),
        ("Machine", ["--device", "--ep-library", "--threads", "--portable", "--workers", "--prefetch"]),
        ("What is shown", ["--dry-run", "--sheets", "--quiet", "--json"]),
    ];

    public override int Invoke(ParseResult parseResult)
    {
        var (command, console) = (parseResult.CommandResult.Command, Output.On(parseResult.InvocationConfiguration.Output));
        var (what, example) = command.Description?.Split(Example) is [var before, var after] ? (before, after) : (command.Description ?? "", "");
        Write(console, what.Trim());
        Write(console, $"\nUsage: {Usage(command)}");
        Grid(console, command.Arguments.Select(argument => ($"<{argument.Name}>", argument.Description ?? "")));
        Section(console, "Commands:", command.Subcommands.Select(verb => (verb.Name, verb.Description!.Split('\n')[0])));
        var flags = command.Options.Where(option => !option.Hidden).ToList();
        foreach (var group in flags.GroupBy(option => flags.Count < Many ? "Flags" : Heading(option)).OrderBy(group => Place(group.Key)))
        {
            Section(console, $"{group.Key}:", group.OrderBy(Place).Select(option => (Name(option), About(option))));
        }

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

    private static string Heading(Option option) => s_headings.FirstOrDefault(heading => heading.Flags.Contains(option.Name)).Heading ?? "Other";

    private static int Place(string heading) =>
        Array.FindIndex(s_headings, group => group.Heading == heading) is var place and >= 0 ? place : int.MaxValue;

    private static int Place(Option option) =>
        s_headings.SelectMany(heading => heading.Flags).ToList().IndexOf(option.Name) is var place and >= 0 ? place : int.MaxValue;

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
