using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Planning;

/// <summary>What a training run would be: its network, its length, what it costs and the files it would write.</summary>
public sealed record DryRun(NetworkPlan Network, LengthPlan Length, CostPlan Cost, IReadOnlyList<PlannedFile> Files)
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Plans a run and measures some of its steps. Nothing is left on the disk.</summary>
    /// <param name="images">What the loader draws from.</param>
    /// <param name="loader">Makes the batches that are measured; its threads are not started.</param>
    /// <param name="steps">Of the whole run.</param>
    /// <param name="checkpoints">How many will be kept.</param>
    /// <param name="say">Receives what is going on, for a person to watch.</param>
    public static DryRun Of(TrainingProgram program, MethodOptions options, IImageSet images, ViewLoader loader, long steps, int checkpoints, Device device, Action<string> say)
    {
        var (files, measured) = Measurement.Of(program, options, loader, device, say);
        var planned = PlannedFile.Of(program, files, steps, checkpoints);
        return new DryRun(
            NetworkPlan.Of(program, options),
            new LengthPlan(images.Count, images.Channels, options.Image.Size, options.Batch, options.Views.Count, steps, loader.StepsPerEpoch, (double)steps / loader.StepsPerEpoch),
            CostPlan.Of(program, measured, steps, planned.Sum(file => file.Bytes)),
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
