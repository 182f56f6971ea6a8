using Google.Protobuf;
using Jem.Graphs.Export;
using Jem.Graphs.Programs;
using Jem.Graphs.Seeding;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Jem.Graphs.Tests.Export;

public class EncoderWriterTests
{
    private static readonly TrainingProgram s_program = Programs.Build("resnet18 small sgd");

    private static readonly ModelProto s_stage = OnnxWriter.Model(s_program.Stages[1]);

    private static readonly StageManifest s_manifest = ProgramWriter.Manifest(s_program).Stage("encoder");

    private static readonly IReadOnlyDictionary<string, NamedTensor> s_weights = Safetensors
        .Read(new MemoryStream(ProgramWriter.Files(s_program)["init.safetensors"])).ToDictionary(tensor => tensor.Name);

    private static readonly Dictionary<string, string> s_metadata = new() { ["jem.format"] = "1", ["jem.backbone"] = "resnet18" };

    [Test]
    public void Only_the_image_is_left_to_feed()
    {
        var model = EncoderWriter.Freeze(s_stage, s_manifest, s_weights, s_metadata);
        Assert.That(model.Graph.Input.Select(input => input.Name), Is.EqualTo(new[] { "image" }));
        Assert.That(model.Graph.Output.Select(output => output.Name), Is.EqualTo(new[] { "embedding" }));
    }

    [Test]
    public void Metadata_say_how_to_prepare_an_image()
    {
        var model = EncoderWriter.Freeze(s_stage, s_manifest, s_weights, s_metadata);
        Assert.That(model.MetadataProps.ToDictionary(pair => pair.Key, pair => pair.Value), Is.EqualTo(s_metadata));
    }

    [Test]
    public void Projector_and_optimiser_are_left_out()
    {
        var model = EncoderWriter.Freeze(s_stage, s_manifest, s_weights, s_metadata);
        Assert.That(s_weights.Keys, Has.Some.StartsWith("projector.").And.Some.StartsWith("optimizer."));
        Assert.That(model.Graph.Initializer.Select(tensor => tensor.Name), Has.None.StartsWith("projector.").And.None.StartsWith("optimizer."));
    }

    [Test]
    public void The_stage_is_not_changed()
    {
        var before = s_stage.Clone();
        EncoderWriter.Freeze(s_stage, s_manifest, s_weights, s_metadata);
        Assert.That(s_stage, Is.EqualTo(before));
    }

    [Test]
    public void A_missing_weight_is_named()
    {
        var weights = s_weights.Where(pair => pair.Key != "layer1.0.bn1.bias").ToDictionary();
        Assert.That(() => EncoderWriter.Freeze(s_stage, s_manifest, weights, s_metadata), Throws.ArgumentException.With.Message.EqualTo(
            "The encoder needs the weight 'layer1.0.bn1.bias', which the checkpoint does not hold. It belongs to another program."));
    }

    [Test]
    public void A_frozen_encoder_embeds_as_its_stage_with_the_weights_fed()
    {
        const int Batch = 3;
        var random = new SeededRandom(1);
        var image = new float[Batch * 3 * 32 * 32];
        for (var i = 0; i < image.Length; i++)
        {
            image[i] = (float)random.NextNormal();
        }

        using var session = new InferenceSession(EncoderWriter.Freeze(s_stage, s_manifest, s_weights, s_metadata).ToByteArray());
        using var input = OrtValue.CreateTensorValueFromMemory(image, [Batch, 3, 32, 32]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["image"], [input], ["embedding"]);
        var frozen = Array.ConvertAll(outputs[0].GetTensorDataAsSpan<float>().ToArray(), element => (double)element);
        Assert.That(session.ModelMetadata.CustomMetadataMap["jem.backbone"], Is.EqualTo("resnet18"));

        using var runner = new GraphRunner(s_program.Stages[1]);
        var fed = EncoderWriter.Weights(s_manifest)
            .ToDictionary(port => port.Name, port => Array.ConvertAll(s_weights[port.Name].Floats.ToArray(), element => (double)element));
        fed["image"] = Array.ConvertAll(image, element => (double)element);
        Relative.Agree("the embedding", frozen, runner.Run(fed)["embedding"], 1e-5);
    }
}
