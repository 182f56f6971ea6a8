using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Trainer.Exporting;
using Jem.Trainer.Training;

namespace Jem.Trainer.Planning;

/// <summary>A file, or some of one kind, that a run would write.</summary>
/// <param name="Name">Below the run's folder.</param>
/// <param name="Bytes">About how large; of several files, together.</param>
public sealed record PlannedFile(string Name, long Bytes)
{
    private const int Text = 4096;
    private const int LineOfMetrics = 256;
    private const int Page = 1 << 20;

    /// <param name="written">Name and size of the program's files.</param>
    /// <param name="saves">How many checkpoints are written, of which the newest are kept.</param>
    internal static IReadOnlyList<PlannedFile> Of(PreparedRun run, IReadOnlyDictionary<string, long> written, long saves)
    {
        var weights = Floats(run.Program.Stage("encoder").Inputs.Where(input => input.Role is Role.Parameter or Role.State).Select(input => input.Value));
        var kept = Math.Min(saves, run.Plan.Settings.Keep) + (run.Plan.Settings.KnnEvery > 0 ? 1 : 0);
        return
        [
            new("config.json", Text),
            .. written.Select(file => new PlannedFile($"program/{file.Key}", file.Value)),
            new("metrics.jsonl", LineOfMetrics * (2 + (run.Steps / Loop(run).LogEvery))),
            new("log.txt", Text),
            new("report.html", Page),
            new("tensorboard/", LineOfMetrics * (2 + (run.Steps / Loop(run).LogEvery))),
            new("status.json", Text),
            new($"checkpoints/ ({kept})", kept * Carried(run.Program)),
            new(EncoderExport.ModelFile, written["encoder.onnx"] + weights),
            new(EncoderExport.WeightsFile, weights),
            new(EncoderExport.CardFile, Text),
        ];
    }

    /// <summary>How many checkpoints a run writes: by steps, and by time when steps are slow.</summary>
    internal static long Saves(PreparedRun run, double seconds) =>
        ((run.Steps - 1) / run.Plan.Settings.CheckpointEvery) + 1 + (long)(seconds / Loop(run).SaveEvery.TotalSeconds);

    /// <summary>Bytes of every parameter and state once.</summary>
    internal static long Carried(TrainingProgram program) => Floats(program.Variables.Select(variable => variable.Value));

    private static long Floats(IEnumerable<Value> values) => values.Sum(value => value.Shape.Size) * sizeof(float);

    private static TrainLoopOptions Loop(PreparedRun run) => new(run.Steps, run.Options.Batch, [], run.Plan.Settings);
}
