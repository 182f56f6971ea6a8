using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Trainer.Runs;
using Jem.Trainer.Training;
using Onnx;

namespace Jem.Trainer.DryRun;

/// <summary>What a training run would be: its network, its length, what it costs and the files it would write.</summary>
public sealed record RunEstimate(NetworkPlan Network, LengthPlan Length, CostPlan Cost, IReadOnlyList<PlannedFile> Files)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What was chosen for the images, and why, in lines; none where nothing was.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Choices { get; private init; } = [];

    /// <summary>Measures some steps of a run that was prepared. Nothing is left on the disk.</summary>
    /// <param name="say">Receives what is going on, for a person to watch.</param>
    public static RunEstimate Of(PreparedRun run, Action<string> say)
    {
        var (program, length) = (run.Program.Manifest, new RunLength(run.Steps, run.StepsPerEpoch));
        var measured = Measurement.Of(run, say);
        var seconds = run.Steps * measured.SecondsPerStep(Environment.ProcessorCount);
        var saves = PlannedFile.Saves(run, seconds);
        var planned = PlannedFile.Of(run, saves);
        var carried = PlannedFile.Carried(program);
        return new RunEstimate(
            NetworkPlan.Of(run.Program, length),
            LengthPlan.Of(run),
            new CostPlan(
                2 * carried,
                measured.PeakBytes + (run.Request.Loading.Prefetch * measured.BatchBytes),
                planned.Sum(file => file.Bytes) + (saves > run.Settings.Keep ? carried : 0),
                measured.StepSeconds,
                measured.ViewSeconds,
                seconds),
            planned)
        {
            Choices = RunPlan.Choices(run),
        };
    }

    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, s_json)!;
}

/// <summary>What is trained.</summary>
/// <param name="Backbone">Name and width of the encoder's network, such as <c>resnet18-w16</c>.</param>
/// <param name="LearningRate">Its peak and warm-up, in words.</param>
/// <param name="EncoderParameters">Numbers that the exported encoder keeps.</param>
/// <param name="OtherParameters">Numbers of projector and the like, which are trained and thrown away.</param>
/// <param name="Representation">Dimension of what the encoder gives.</param>
/// <param name="Embedding">Dimension of what the loss compares.</param>
/// <param name="StepNodes">Operators of the step graph, of which functions count as one.</param>
/// <param name="Functions">Different functions of the step graph: one for each shape of call.</param>
public sealed record NetworkPlan(
    string Method,
    string Backbone,
    string LearningRate,
    long EncoderParameters,
    long OtherParameters,
    long Representation,
    long Embedding,
    int StepNodes,
    int Functions,
    int EncoderNodes)
{
    internal static NetworkPlan Of(ProgramFiles program, RunLength length)
    {
        var (step, encoder) = (program.Manifest.Stage(ProgramStages.Step), program.Manifest.Stage(ProgramStages.Encoder));
        var (stepModel, encoderModel) = (Model(program, step), Model(program, encoder));
        var kept = Parameters(encoder);
        return new NetworkPlan(
            program.Manifest.Method,
            program.Manifest.Backbone,
            Formatting.LearningRate.Text(program.Manifest, length),
            kept,
            Parameters(step) - kept,
            encoder.Output(Meaning.Embedding).Shape[^1],
            step.Output(Meaning.Embedding).Shape[^1],
            stepModel.Graph.Node.Count,
            stepModel.Functions.Count,
            encoderModel.Graph.Node.Count);
    }

    private static ModelProto Model(ProgramFiles program, StageManifest stage) => ModelProto.Parser.ParseFrom(program.Files[stage.File]);

    private static long Parameters(StageManifest stage) => stage.Inputs.Where(input => input.Role == Role.Parameter).Sum(PlannedFile.Numbers);
}

/// <summary>How long is trained, on what.</summary>
/// <param name="Size">Side of a view in pixels.</param>
/// <param name="Views">Per image, of that size.</param>
public sealed record LengthPlan(int Images, int Channels, int Size, int Batch, int Views, long Steps, long StepsPerEpoch, double Epochs)
{
    internal static LengthPlan Of(PreparedRun run)
    {
        var program = run.Program.Manifest;
        var views = program.Batch.Values.OfType<ViewsInput>().Where(input => input.Recipe.Size == program.Image.Size).Sum(input => input.Recipe.Count);
        return new LengthPlan(
            run.Images.Count,
            run.Images.Channels,
            program.Image.Size,
            program.BatchSize,
            views,
            run.Steps,
            run.StepsPerEpoch,
            (double)run.Steps / run.StepsPerEpoch);
    }
}

/// <summary>What a run costs.</summary>
/// <param name="CarriedBytes">Parameters, running statistics and the optimiser's state, in their two sets of buffers.</param>
/// <param name="PeakBytes">The largest memory of the process: measured over some steps and a snapshot, and the loader's buffers added.</param>
/// <param name="DiskBytes">All files, with the one checkpoint more that there is while an old one is replaced.</param>
/// <param name="StepSeconds">One step without its views, measured.</param>
/// <param name="ViewSeconds">The views of one step on one core, measured.</param>
/// <param name="Seconds">All steps; checks and reports on the way come on top.</param>
public sealed record CostPlan(long CarriedBytes, long PeakBytes, long DiskBytes, double StepSeconds, double ViewSeconds, double Seconds);
