using System.CommandLine;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Commands;

/// <summary>The command <c>jem</c>: its verbs.</summary>
public static class JemApp
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The words after <c>jem</c>, such as <c>train</c> and its options.</param>
    /// <param name="kit">Methods and parts; null for those of these libraries.</param>
    /// <param name="cancellation">Ends the command as Ctrl-C does: a training run saves the step in hand first.</param>
    /// <returns>0 done, 1 failed, 2 wrong usage, 130 interrupted.</returns>
    public static Task<int> RunAsync(string[] args, JemKit? kit = null, CancellationToken cancellation = default) =>
        RunAsync(args, Console.Out, Console.Error, kit, cancellation);

    /// <inheritdoc cref="RunAsync(string[], JemKit, CancellationToken)"/>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where complaints and progress go.</param>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, JemKit? kit = null, CancellationToken cancellation = default) =>
        CommandHost.Run(kit ?? JemKit.BuiltIn, args, output, error, cancellation);

    internal static RootCommand Root(JemKit kit) =>
        new("Trains self-supervised image encoders on ONNX Runtime.\n\nExample:\n  jem train simclr --data folder:photos --out runs/photos")
        {
            TrainCommand.Create(kit),
            EvalCommand.Create(kit),
            ClustersCommand.Create(kit),
            ExportCommand.Create(kit),
            GraphCommand.Create(kit),
            ProfileCommand.Create(kit),
            MethodsCommand.Create(kit),
            DataCommand.Create(kit),
            ReportCommand.Create(kit),
            CollapseCommand.Create(),
        };
}
