using Jem.Trainer.Commands;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Tests.Commands;

/// <summary>What a person sees of a command: its exit code, what it printed, what it complained of.</summary>
internal sealed record CommandLine(int Code, string Output, string Error)
{
    /// <summary>Runs <c>jem</c> in this process.</summary>
    public static CommandLine Run(params string[] args) => Run(null, args, CancellationToken.None);

    /// <summary>Runs a program that is <c>jem</c> with another kit.</summary>
    public static CommandLine Run(JemKit kit, params string[] args) => Run(kit, args, CancellationToken.None);

    /// <summary>Runs <c>jem</c>, interrupted as Ctrl-C does it.</summary>
    public static CommandLine Run(CancellationToken cancellation, params string[] args) => Run(null, args, cancellation);

    private static CommandLine Run(JemKit? kit, string[] args, CancellationToken cancellation)
    {
        using var printed = new StringWriter();
        using var complained = new StringWriter();

        // Threads of a command may warn at the same time, which a process's own streams allow.
        var (output, error) = (TextWriter.Synchronized(printed), TextWriter.Synchronized(complained));
        var code = JemApp.RunAsync(args, output, error, kit, cancellation).GetAwaiter().GetResult();
        return new CommandLine(code, printed.ToString(), complained.ToString().TrimEnd());
    }
}
