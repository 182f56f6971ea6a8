using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Imaging.Files;
using Jem.Trainer.Data;
using Jem.Trainer.Runs;
using Onnx;

namespace Jem.Trainer.Exporting;

/// <summary>What an encoder file is made from.</summary>
/// <param name="ProgramFolder">The training program: a stage of it becomes the file.</param>
/// <param name="Weights">Parameters and states by name.</param>
/// <param name="Step">The step after which the weights were taken.</param>
/// <param name="Data">What it was trained on, in words.</param>
public sealed record EncoderSource(string ProgramFolder, IReadOnlyList<NamedTensor> Weights, long Step, string Data)
{
    /// <summary>The kinds of recipes that the program may have.</summary>
    public ProgramKinds Kinds { get; init; } = ProgramKinds.BuiltIn;

    /// <summary>The level of white in files of more than 8 bits per sample, of the images that it was trained on; 0 is that of the format.</summary>
    public int Range { get; init; }

    /// <summary>What a reader should know of how the weights were computed; null if there is nothing.</summary>
    public string? Computed { get; init; }

    /// <summary>The newest checkpoint of a run.</summary>
    /// <exception cref="InvalidDataException">The run has no checkpoint yet, or it is broken.</exception>
    /// <param name="best">Take the checkpoint with the highest accuracy by nearest neighbours instead.</param>
    public static EncoderSource OfRun(RunFolder run, bool best = false)
    {
        if (best && run.Checkpoints.Best() is null && run.Checkpoints.Steps.Count > 0)
        {
            throw new InvalidDataException($"The run {run.Root} has no best checkpoint: it was trained without --knn-every.");
        }

        var checkpoint = (best ? run.Checkpoints.Best() : run.Checkpoints.Latest())
            ?? throw new InvalidDataException($"The run {run.Root} has no checkpoint yet: let it train until its first one.");
        var config = run.ReadConfig();
        return new EncoderSource(run.Program, checkpoint.Tensors, checkpoint.Step, config.DataProvenance)
        {
            Kinds = run.Kinds,
            Range = DataSpec.RangeIn(config.Data),
            Computed = config.Device.Remark,
        };
    }

    /// <summary>The untrained network that a run began with: the floor to compare it with.</summary>
    public static EncoderSource BeforeTraining(RunFolder run)
    {
        using var initial = File.OpenRead(Path.Combine(run.Program, run.ReadProgram().Initial));
        return new EncoderSource(run.Program, Safetensors.Read(initial), 0, "nothing (random weights)") { Kinds = run.Kinds };
    }
}

/// <summary>Writes the encoder of a run: <c>encoder.onnx</c>, <c>encoder.safetensors</c>, <c>card.md</c>.</summary>
public static class EncoderExport
{
    /// <summary>The encoder as one ONNX file, whose metadata say how to prepare an image.</summary>
    /// <param name="stage">The stage of the program: what it computes of an image is the file's embedding.</param>
    /// <exception cref="KeyNotFoundException">The program has no such stage.</exception>
    public static byte[] Model(EncoderSource source, string stage = ProgramStages.Encoder)
    {
        var (manifest, ports) = Stage(source, stage);
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(source.ProgramFolder, ports.File)));
        return EncoderWriter.Freeze(model, ports, source.Weights.ToDictionary(tensor => tensor.Name), Metadata(manifest, ports, source)).ToByteArray();
    }

    /// <summary>
    /// Writes the three files, all or none, into a folder, which is made if it is not there. The card comes last and has the hash of the model:
    /// if the machine stops between their names, it does not fit.
    /// </summary>
    /// <exception cref="IOException">The disk is full, say; what was there still is.</exception>
    public static void Write(EncoderSource source, string folder)
    {
        Directory.CreateDirectory(folder);
        var (manifest, stage) = Stage(source, ProgramStages.Encoder);
        var model = Model(source);
        var metadata = Metadata(manifest, stage, source);
        var names = EncoderWriter.Weights(stage).Select(port => port.Name).ToHashSet();
        var weights = source.Weights.Where(tensor => names.Contains(tensor.Name));
        var hash = Convert.ToHexStringLower(SHA256.HashData(model));
        using var files = new AtomicFiles();
        files.Add(Path.Combine(folder, EncoderFiles.Model), model);
        files.Add(Path.Combine(folder, EncoderFiles.Weights), file => Safetensors.Write(file, weights, metadata));
        files.Add(Path.Combine(folder, EncoderFiles.Card), ModelCard.Text(manifest, metadata, source, model.Length, hash));
        files.Commit();
    }

    private static (ProgramManifest Manifest, StageManifest Stage) Stage(EncoderSource source, string name)
    {
        var manifest = ProgramFiles.ReadManifest(source.ProgramFolder, $"The folder {source.ProgramFolder}", "Restore it.", source.Kinds);
        return (manifest, manifest.Stage(name));
    }

    private static Dictionary<string, string> Metadata(ProgramManifest manifest, StageManifest stage, EncoderSource source)
    {
        var image = manifest.Image;
        var metadata = new Dictionary<string, string>
        {
            ["jem.format"] = "1",
            ["jem.method"] = manifest.Method,
            ["jem.backbone"] = manifest.Backbone,
            ["jem.image_size"] = Number(image.Size),
            ["jem.channels"] = Number(image.Channels),
            ["jem.mean"] = Numbers(image.Mean),
            ["jem.std"] = Numbers(image.Std),
            ["jem.resize"] = "squash",
            ["jem.interpolation"] = "bilinear",
            ["jem.dimension"] = Number(Embedding(stage).Shape[1]),
            ["jem.normalized"] = "false",
            ["jem.data"] = source.Data,
        };
        if (source.Range > 0)
        {
            metadata["jem.range"] = Number(source.Range);
        }

        return metadata;
    }

    // What a stage computes of an image: prototypes are compared with, and their scores stand for it.
    private static Port Embedding(StageManifest stage) =>
        stage.Output(stage.Outputs.Any(output => output.Means == Meaning.Scores) ? Meaning.Scores : Meaning.Embedding);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Numbers(IEnumerable<double> numbers) =>
        string.Join(',', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
}
