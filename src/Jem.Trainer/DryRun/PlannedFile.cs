using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Trainer.Runs;
using Jem.Trainer.Training;

namespace Jem.Trainer.DryRun;

/// <summary>A file, or some of one kind, that a run would write.</summary>
/// <param name="Name">Below the run's folder.</param>
/// <param name="Bytes">About how large; of several files, together.</param>
public sealed record PlannedFile(string Name, long Bytes)
{
    private const int Text = 4096;
    private const int LineOfMetrics = 256;
    private const int Page = 1 << 20;

    /// <param name="saves">How many checkpoints are written, of which the newest are kept.</param>
    internal static IReadOnlyList<PlannedFile> Of(PreparedRun run, long saves)
    {
        var encoder = run.Program.Manifest.Stage(ProgramStages.Encoder);
        var weights = Sizes(EncoderWriter.Weights(encoder));
        var kept = Math.Min(saves, run.Settings.Keep) + (run.Settings.KnnEvery > 0 ? 1 : 0);
        var metrics = LineOfMetrics * (2 + (run.Steps / TrainLoopOptions.DefaultLogEvery));
        return
        [
            new("config.json", Text),
            .. run.Program.Files.Select(file => new PlannedFile($"program/{file.Key}", file.Value.Length)),
            new("metrics.jsonl", metrics),
            new("log.txt", Text),
            new("report.html", Page),
            new("tensorboard/", metrics),
            new("status.json", Text),
            new($"checkpoints/ ({kept})", kept * Carried(run.Program.Manifest)),
            new(EncoderFiles.Model, run.Program.Files[encoder.File].Length + weights),
            new(EncoderFiles.Weights, weights),
            new(EncoderFiles.Card, Text),
        ];
    }

    /// <summary>How many checkpoints a run writes: by steps, and by time when steps are slow.</summary>
    internal static long Saves(PreparedRun run, double seconds) =>
        ((run.Steps - 1) / run.Settings.CheckpointEvery) + 1 + (long)(seconds / TrainLoopOptions.DefaultSaveEvery.TotalSeconds);

    /// <summary>Bytes of every parameter and state of the step once.</summary>
    internal static long Carried(ProgramManifest program) =>
        Sizes(program.Stage(ProgramStages.Step).Inputs.Where(input => input.Role is Role.Parameter or Role.State));

    /// <summary>Elements of a tensor.</summary>
    internal static long Numbers(Port port) => port.Shape.Aggregate(1L, (size, dimension) => size * dimension);

    private static long Sizes(IEnumerable<Port> ports) => ports.Sum(port => Numbers(port) * DTypes.Parse(port.Dtype).Size());
}
