using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Jem.Shared;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Commands;

/// <summary>Runs a command line and turns what goes wrong into one line and an exit code.</summary>
internal static class CommandHost
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int Interrupted = 130;

    // After Ctrl-C a step is finished, and saved or its files deleted; the library would end the process after two seconds.
    private static readonly TimeSpan s_toFinish = TimeSpan.FromMinutes(10);

    public static async Task<int> Run(JemKit kit, string[] args, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        Telemetry.Disable();
        var root = JemApp.Root(kit);
        var help = root.Options.OfType<HelpOption>().Single();
        (help.Action, help.Description) = (new HelpPage(kit.Data), "Show this page.");
        root.Options.OfType<VersionOption>().Single().Description = "Show the version.";
        try
        {
            // `jem help train` is `jem train --help`.
            var parsed = root.Parse(args is ["help", .. var verbs] ? [.. verbs, "--help"] : args);
            var helps = parsed.Action is HelpPage && (parsed.CommandResult.Command is not RootCommand || parsed.UnmatchedTokens.Count == 0);
            if (!helps && Refusal(parsed) is { } refusal)
            {
                return Complain(error, WrongUsage, args.Length == 0 ? $"Give a command, such as {Example(root)}. --help lists them." : refusal);
            }

            var invocation = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = parsed.CommandResult.Command.Name is "train" or "collapse" or "profile" ? s_toFinish : TimeSpan.FromSeconds(2),
            };

            // A terminal that is closed ends a command as Ctrl-C does. Ctrl-\ is left to end one at once.
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var closed = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                ended.Cancel();
            });
            return await parsed.InvokeAsync(invocation, ended.Token);
        }
        catch (UsageException wrong)
        {
            return Complain(error, WrongUsage, wrong.Message);
        }
        catch (OperationCanceledException interrupted)
        {
            return Complain(error, Interrupted, interrupted.Message);
        }
        catch (Exception failed) when (Environment.GetEnvironmentVariable("JEM_DEBUG") is null or "")
        {
            return Complain(error, Failed, failed is AggregateException { InnerException: { } inner } ? inner.Message : failed.Message);
        }
    }

    private static int Complain(TextWriter error, int code, string message)
    {
        try
        {
            error.WriteLine($"jem: {message.ReplaceLineEndings(" ")}");
        }
        catch (IOException)
        {
            // The terminal is gone, and nobody is there to read it.
        }

        return code;
    }

    /// <summary>Why a command line is not understood; null where it is.</summary>
    internal static string? Refusal(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0 && Misspelt(parsed) is null)
        {
            return null;
        }

        var command = parsed.CommandResult.Command;
        var help = $"See `jem {(command is RootCommand ? "" : $"{command.Name} ")}--help`.";
        var unknown = Misspelt(parsed) ?? (parsed.UnmatchedTokens is [var first, ..] ? first : null);
        if (unknown is null)
        {
            var value = parsed.Errors.Select(error => WrongValue.Of(error.SymbolResult)).FirstOrDefault(text => text is not null);
            return $"{value ?? parsed.Errors[0].Message} {help}";
        }

        var known = unknown.StartsWith('-') ? command.Options.Select(option => option.Name) : command.Subcommands.Select(sub => sub.Name);
        return known.Any() ? $"Unknown '{unknown}'. Did you mean '{Nearest.To(unknown, known)}'? {help}" : $"Unexpected '{unknown}'. {help}";
    }

    /// <summary>A flag that no command knows; it may have been taken for a value of what stands before it.</summary>
    private static string? Misspelt(ParseResult parsed) => parsed.Tokens
        .TakeWhile(token => token.Type != TokenType.DoubleDash)
        .FirstOrDefault(token => token is { Type: TokenType.Argument, Value: ['-', '-', not '-', ..] })?.Value;

    private static string Example(RootCommand root) => $"`jem {root.Subcommands[0].Name}`";
}
