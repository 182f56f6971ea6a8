using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
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

    /// <param name="written">Name and size of the program's files.</param>
    internal static IReadOnlyList<PlannedFile> Of(TrainingProgram program, IReadOnlyDictionary<string, long> written, long steps, int checkpoints)
    {
        var weights = Floats(program.Stage("encoder").Inputs.Where(input => input.Role is Role.Parameter or Role.State).Select(input => input.Value));
        var lines = steps / new TrainLoopOptions(steps, 0, 0).LogEvery;
        return
        [
            new("config.json", Text),
            .. written.Select(file => new PlannedFile($"program/{file.Key}", file.Value)),
            new("metrics.jsonl", LineOfMetrics * (lines + 2)),
            new($"checkpoints/ ({checkpoints} of {Carried(program):N0} bytes)", checkpoints * Carried(program)),
            new(EncoderExport.ModelFile, written["encoder.onnx"] + weights),
            new(EncoderExport.WeightsFile, weights),
            new(EncoderExport.CardFile, Text),
        ];
    }

    /// <summary>Bytes of every parameter and state once.</summary>
    internal static long Carried(TrainingProgram program) => Floats(program.Variables.Select(variable => variable.Value));

    private static long Floats(IEnumerable<Value> values) => values.Sum(value => value.Shape.Size) * sizeof(float);
}
