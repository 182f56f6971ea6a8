using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Graphs.Naming;
using Jem.Graphs.Options;
using Jem.Trainer.Configuration;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Jem.Trainer.Commands;

/// <summary><c>jem methods</c>: the methods, and the options of one.</summary>
internal static class MethodsCommand
{
    private const int Wide = 100;

    private static readonly Style s_heading = new(decoration: Decoration.Bold);

    public static Command Create(JemKit kit)
    {
        var name = new Argument<string?>("method")
        {
            Description = "Show this method's options with default, range and meaning.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var flags = new OutputFlags(words: false);
        var command = new Command(
            "methods",
            "List the methods with their papers, or every option of one. --set and --config of `jem train` take these names.\n\n"
            + "Example:\n  jem methods simclr")
        { name };
        flags.AddTo(command);
        command.SetAction(parsed =>
        {
            var output = flags.Of(parsed);
            if (parsed.GetValue(name) is { } method)
            {
                Options(MethodResolver.Method(method, kit), kit, output);
            }
            else
            {
                Methods(kit.Methods, output);
            }

            return CommandHost.Done;
        });
        return command;
    }

    private static void Methods(Catalog<Method> methods, Output output)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("name", "paper");
        foreach (var method in methods.All)
        {
            table.AddRow(new Text(method.Name), new Text(method.Paper));
        }

        output.Result(new JsonArray([.. methods.All.Select(method => new JsonObject { ["method"] = method.Name, ["paper"] = method.Paper })]), table);
    }

    private static void Options(Method method, JemKit kit, Output output)
    {
        var rows = OptionTable.Of(method.Options, kit.Parts.Names);
        var presets = Presets.Of(method.Name);
        string Group(OptionRow row) => row.Own ? method.Name : row.Name.Contains('.') ? row.Name.Split('.')[0] : "every method";
        var document = new JsonObject
        {
            ["method"] = method.Name,
            ["paper"] = method.Paper,
            ["presets"] = new JsonObject(presets.Select(preset => KeyValuePair.Create<string, JsonNode?>(preset, Presets.Read(preset, method.Name)))),
            ["options"] = new JsonArray([.. rows.Select(row => new JsonObject
            {
                ["name"] = row.Name,
                ["group"] = Group(row),
                ["symbol"] = row.About.Symbol,
                ["default"] = JsonSerializer.SerializeToNode(row.Value, row.Type),
                ["range"] = row.Range,
                ["meaning"] = row.About.Meaning,
            })]),
        };
        var list = List(rows.GroupBy(Group), output.Width);
        var defaults = new Text(
            $"\nThe defaults are the paper's: `--preset {Presets.Paper}`. Without a preset `jem train` begins with "
            + $"{(presets.Contains(Presets.Short) ? $"--preset {Presets.Short}" : "them")} and fits sizes, length and schedules "
            + "to the images and the machine.");
        output.Result(document, new Rows([new Text(method.Paper), .. presets.SelectMany(preset => Preset(preset, method)), defaults, list]));
    }

    private static IEnumerable<IRenderable> Preset(string name, Method method) =>
        [new Text($"\n--preset {name}", s_heading), new Text(Presets.Text(name, method.Name).TrimEnd())];

    // Four columns where there is room; else the meaning has lines of its own.
    private static IRenderable List(IEnumerable<IGrouping<string, OptionRow>> groups, int width) => width >= Wide
        ? Columns(groups)
        : new Rows(groups.SelectMany(group => group.SelectMany(Lines).Prepend(new Text($"\n{group.Key}", s_heading))));

    private static Table Columns(IEnumerable<IGrouping<string, OptionRow>> groups)
    {
        var table = new Table().Border(TableBorder.None).AddColumn(new TableColumn("").NoWrap()).AddColumns("default", "range", "meaning");
        foreach (var group in groups)
        {
            table.AddEmptyRow().AddRow(new Text(group.Key, s_heading));
            foreach (var row in group)
            {
                table.AddRow(new Text(Name(row)), new Text(OptionRow.Text(row.Value)), new Text(row.Range), new Text(row.About.Meaning));
            }
        }

        return table;
    }

    private static IEnumerable<IRenderable> Lines(OptionRow row) =>
    [
        new Text($"{Name(row)} = {OptionRow.Text(row.Value)}{(row.Range.Length == 0 ? "" : $"   ({row.Range})")}"),
        new Padder(new Text(row.About.Meaning), new Padding(4, 0, 0, 0)),
    ];

    private static string Name(OptionRow row) => $"{row.Name} {row.About.Symbol}".TrimEnd();
}
