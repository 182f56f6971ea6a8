using System.CommandLine;
using Jem.Graphs.Methods;
using Jem.Trainer.Configuration;
using Spectre.Console;

namespace Jem.Trainer.Commands;

/// <summary><c>jem methods</c>: the methods, and the options of one.</summary>
public static class MethodsCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("method") { Description = "Show this method's options and their defaults.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("methods", "List the methods, or the options of one.\n\nExample:\n  jem methods simclr") { name };
        command.SetAction(parsed => Run(parsed.GetValue(name)));
        return command;
    }

    private static int Run(string? name)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("name", "what");
        if (name is null)
        {
            foreach (var method in MethodTable.Methods)
            {
                table.AddRow(new Text(method.Name), new Text(method.Paper));
            }
        }
        else
        {
            foreach (var (option, value) in new OptionTree(TrainingConfig.Method(name).Options).Leaves)
            {
                table.AddRow(new Text(option), new Text(value));
            }
        }

        AnsiConsole.Write(table);
        return CommandHost.Done;
    }
}
