using System.CommandLine;

namespace Jem.Trainer.Commands;

/// <summary>The command <c>jem</c>: its verbs.</summary>
public static class JemApp
{
    /// <returns>0 done, 1 failed, 2 wrong usage, 130 interrupted.</returns>
    public static Task<int> RunAsync(string[] args, CancellationToken cancellation = default) => CommandHost.Run(Root(), args, cancellation);

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
