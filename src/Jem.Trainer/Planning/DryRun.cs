using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Programs;
using Jem.Trainer.Training;

namespace Jem.Trainer.Planning;

/// <summary>What a training run would be: its network, its length, what it costs and the files it would write.</summary>
public sealed record DryRun(NetworkPlan Network, LengthPlan Length, CostPlan Cost, IReadOnlyList<PlannedFile> Files)
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Measures some steps of a run that was prepared. Nothing is left on the disk.</summary>
    /// <param name="say">Receives what is going on, for a person to watch.</param>
    public static DryRun Of(PreparedRun run, Action<string> say)
    {
        var options = run.Options;
        var (files, measured) = Measurement.Of(run, say);
        var seconds = run.Steps * measured.SecondsPerStep(Environment.ProcessorCount);
        var saves = PlannedFile.Saves(run, seconds);
        var planned = PlannedFile.Of(run, files, saves);
        var carried = PlannedFile.Carried(run.Program);
        return new DryRun(
            NetworkPlan.Of(run.Program, options),
            new LengthPlan(run.Images.Count, run.Images.Channels, options.Image.Size, options.Batch, options.Views.Count, run.Steps, run.StepsPerEpoch, (double)run.Steps / run.StepsPerEpoch),
            new CostPlan(
                2 * carried,
                measured.PeakBytes + (run.Plan.Loading.Prefetch * measured.BatchBytes),
                planned.Sum(file => file.Bytes) + (saves > run.Plan.Settings.Keep ? carried : 0),
                measured.StepSeconds,
                measured.ViewSeconds,
                seconds),
            planned);
    }

    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, s_json)!;
}

/// <summary>What is trained.</summary>
/// <param name="EncoderParameters">Numbers that the exported encoder keeps.</param>
/// <param name="OtherParameters">Numbers of projector and the like, which are trained and thrown away.</param>
/// <param name="Representation">Dimension of what the encoder gives.</param>
/// <param name="Embedding">Dimension of what the loss compares.</param>
/// <param name="StepNodes">Operators of the step graph, of which functions count as one.</param>
/// <param name="Functions">Different functions of the step graph: one for each shape of call.</param>
public sealed record NetworkPlan(string Method, string Backbone, int Width, string Stem, long EncoderParameters, long OtherParameters, long Representation, long Embedding, int StepNodes, int Functions, int EncoderNodes)
{
    internal static NetworkPlan Of(TrainingProgram program, MethodOptions options)
    {
        var (step, encoder) = (program.Stage("step"), program.Stage("encoder"));
        var kept = Numbers(encoder, Role.Parameter);
        return new NetworkPlan(
            program.Method,
            options.Backbone.Name,
            options.Backbone.Width,
            options.Backbone.Stem,
            kept,
            Numbers(step, Role.Parameter) - kept,
            Dimension(encoder),
            Dimension(step),
            step.Nodes.Count,
            step.Functions.Count(),
            encoder.Nodes.Count);
    }

    private static long Dimension(Graph stage) => stage.Outputs.Single(output => output.Value.Name == "embedding").Value.Shape[-1];

    private static long Numbers(Graph stage, Role role) => stage.Inputs.Where(input => input.Role == role).Sum(input => input.Value.Shape.Size);
}

/// <summary>How long is trained, on what.</summary>
/// <param name="Size">Side of a view in pixels.</param>
/// <param name="Views">Per image.</param>
public sealed record LengthPlan(int Images, int Channels, int Size, int Batch, int Views, long Steps, long StepsPerEpoch, double Epochs);

/// <summary>What a run costs.</summary>
/// <param name="CarriedBytes">Parameters, running statistics and the optimiser's state, in their two sets of buffers.</param>
/// <param name="PeakBytes">The largest memory of the process: measured over some steps and a snapshot, and the loader's buffers added.</param>
/// <param name="DiskBytes">All files, with the one checkpoint more that there is while an old one is replaced.</param>
/// <param name="StepSeconds">One step without its views, measured.</param>
/// <param name="ViewSeconds">The views of one step on one core, measured.</param>
/// <param name="Seconds">All steps; checks and reports on the way come on top.</param>
public sealed record CostPlan(long CarriedBytes, long PeakBytes, long DiskBytes, double StepSeconds, double ViewSeconds, double Seconds);
