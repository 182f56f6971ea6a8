using System.CommandLine;
using System.CommandLine.Help;
using Jem.Embed;
using Jem.Graphs.Ir;
using Jem.Trainer.Configuration;
using Spectre.Console;

namespace Jem.Trainer.Commands;

/// <summary>Runs a command line and turns what goes wrong into one line and an exit code.</summary>
public static class CommandHost
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int Interrupted = 130;

    // After Ctrl-C a step is finished and saved; the library would end the process after two seconds.
    private static readonly TimeSpan s_toFinish = TimeSpan.FromMinutes(10);

    public static async Task<int> Run(RootCommand root, string[] args, CancellationToken cancellation)
    {
        // Tables and progress go where the console goes now, also after a redirection.
        AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        try
        {
            var parsed = root.Parse(args);
            if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
            {
                return Complain(WrongUsage, args.Length == 0 ? $"Give a command, such as {Example(root)}. --help lists them." : Explain(parsed));
            }

            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = parsed.CommandResult.Command.Name == "train" ? s_toFinish : TimeSpan.FromSeconds(2) }, cancellation);
        }
        catch (Exception error) when (error is UsageException or EmbedUsageException)
        {
            return Complain(WrongUsage, error.Message);
        }
        catch (OperationCanceledException error)
        {
            return Complain(Interrupted, error.Message);
        }
        catch (Exception error) when (Environment.GetEnvironmentVariable("JEM_DEBUG") is null or "")
        {
            return Complain(Failed, error is AggregateException { InnerException: { } inner } ? inner.Message : error.Message);
        }
    }

    private static int Complain(int code, string message)
    {
        Console.Error.WriteLine($"jem: {message.ReplaceLineEndings(" ")}");
        return code;
    }

    private static string Explain(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var help = $"See `jem {(command is RootCommand ? "" : $"{command.Name} ")}--help`.";
        if (parsed.UnmatchedTokens is not [var unknown, ..])
        {
            return $"{parsed.Errors[0].Message} {help}";
        }

        var known = unknown.StartsWith('-') ? command.Options.Select(option => option.Name) : command.Subcommands.Select(sub => sub.Name);
        return known.Any() ? $"Unknown '{unknown}'. Did you mean '{Nearest.To(unknown, known)}'? {help}" : $"Unexpected '{unknown}'. {help}";
    }

    private static string Example(RootCommand root) => $"`jem {root.Subcommands[0].Name}`";
}
