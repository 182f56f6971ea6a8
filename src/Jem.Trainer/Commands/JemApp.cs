using System.CommandLine;

namespace Jem.Trainer.Commands;

/// <summary>The command <c>jem</c>: its verbs.</summary>
public static class JemApp
{
    /// <returns>0 done, 1 failed, 2 wrong usage, 130 interrupted.</returns>
    public static Task<int> RunAsync(string[] args, CancellationToken cancellation = default) => RunAsync(args, Console.Out, Console.Error, cancellation);

    /// <inheritdoc cref="RunAsync(string[], CancellationToken)"/>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where complaints and progress go.</param>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation = default) =>
        CommandHost.Run(Root(), args, output, error, cancellation);

    internal static RootCommand Root() =>
        new("Trains self-supervised image encoders on ONNX Runtime.\n\nExample:\n  jem train simclr --data folder:photos --out runs/photos")
        {
            TrainCommand.Create(),
            EvalCommand.Create(),
            ClustersCommand.Create(),
            ExportCommand.Create(),
            GraphCommand.Create(),
            MethodsCommand.Create(),
            DataCommand.Create(),
            ReportCommand.Create(),
            CollapseCommand.Create(),
        };
}
