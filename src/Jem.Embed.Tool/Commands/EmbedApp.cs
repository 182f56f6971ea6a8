using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Jem.Shared;

namespace Jem.Embed.Tool.Commands;

/// <summary>The command <c>jem-embed</c>: parses, runs a verb, and turns what went wrong into one line and an exit code.</summary>
public static class EmbedApp
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int Interrupted = 130;

    /// <returns>0 done, 1 failed, 2 wrong usage, 130 interrupted.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        Telemetry.Disable();
        var console = new CommandConsole(output, error);
        var root = new RootCommand(
            "Encodes, indexes and searches images with an encoder that `jem export` wrote. `jem-embed help COMMAND` tells more of one.")
        {
            EncodeCommand.Create(console),
            IndexCommand.Create(console),
            SearchCommand.Create(console),
            GalleryCommand.Create(console),
        };
        root.Options.OfType<HelpOption>().Single().Action = new HelpWithExample();

        // `jem-embed help index` is `jem-embed index --help`.
        var parsed = root.Parse(args is ["help", ..] ? [.. args.Skip(1), "--help"] : args);
        var helps = parsed.Action is HelpWithExample && (parsed.CommandResult.Command is not RootCommand || parsed.UnmatchedTokens.Count == 0);
        if (parsed.Errors.Count > 0 && !helps)
        {
            var path = parsed.CommandResult.Command is RootCommand ? "jem-embed" : $"jem-embed {parsed.CommandResult.Command.Name}";
            console.Complain($"{Explain(parsed)} See `{path} --help`.");
            return WrongUsage;
        }

        if (args.Contains(""))
        {
            console.Complain("An argument is empty. Is a variable of the shell not set?");
            return WrongUsage;
        }

        // Ctrl-C and SIGTERM end the verb by its token; so does a terminal that is closed.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            ended.Cancel();
        });
        try
        {
            var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
            return await parsed.InvokeAsync(configuration, ended.Token);
        }
        catch (OperationCanceledException)
        {
            console.Complain("Interrupted.");
            return Interrupted;
        }
        catch (EmbedUsageException problem)
        {
            console.Complain(problem.Message);
            return WrongUsage;
        }
        catch (Exception problem) when (Environment.GetEnvironmentVariable("JEM_DEBUG") is null or "")
        {
            console.Complain(problem.Message);
            return Failed;
        }
    }

    private static string Explain(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        string[] options = [.. command.Options.SelectMany(option => option.Aliases.Prepend(option.Name))];
        string[] verbs = [.. command.Subcommands.Select(verb => verb.Name)];

        // A misspelt option may have been taken for an argument; a negative number is no option.
        var unknown = parsed.Tokens.Select(token => token.Value)
            .FirstOrDefault(token => token.StartsWith('-') && !options.Contains(token) && !double.TryParse(token, out _))
            ?? (verbs.Length > 0 && parsed.UnmatchedTokens is [var unmatched, ..] ? unmatched : null);
        return unknown is not null
            ? $"Unknown '{unknown}'. Did you mean '{Nearest.To(unknown, unknown.StartsWith('-') ? options : verbs)}'?"
            : string.Join(' ', parsed.Errors.Select(Sentence).Distinct());

        // A value that is a number and out of its range has a message of ours.
        static string Sentence(ParseError problem) =>
            problem.SymbolResult is OptionResult { Tokens: [var value] } && int.TryParse(value.Value, out _) ? problem.Message
            : WrongValue.Of(problem.SymbolResult) ?? problem.Message;
    }
}
