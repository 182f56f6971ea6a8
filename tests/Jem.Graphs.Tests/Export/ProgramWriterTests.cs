using System.Text;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Programs;
using Jem.Graphs.Tests.Backbones;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Jem.Graphs.Tests.Export;

public class ProgramWriterTests
{
    private static readonly TrainingProgram s_program = Programs.Build("resnet18 small sgd");

    private static readonly IReadOnlyDictionary<string, byte[]> s_files = ProgramWriter.Files(s_program);

    private static readonly ProgramManifest s_manifest = ProgramManifest.Parse(Encoding.UTF8.GetString(s_files["program.json"]));

    private static readonly IReadOnlyList<NamedTensor> s_initial = Safetensors.Read(new MemoryStream(s_files["init.safetensors"]));

    [Test]
    public void A_program_is_a_manifest_first_values_and_a_graph_per_stage() =>
        Assert.That(s_files.Keys, Is.EquivalentTo(new[] { "program.json", "init.safetensors", "step.onnx", "encoder.onnx" }));

    [Test]
    public void The_manifest_names_the_other_files() =>
        Assert.That(s_manifest.Stages.Select(stage => stage.File).Append(s_manifest.Initial).Append("program.json"), Is.EquivalentTo(s_files.Keys));

    [Test]
    public void The_ports_of_the_manifest_are_those_of_the_onnx_graphs([Values("step", "encoder")] string name)
    {
        var graph = ModelProto.Parser.ParseFrom(s_files[$"{name}.onnx"]).Graph;
        var stage = s_manifest.Stage(name);
        Assert.That(stage.Inputs.Select(Describe), Is.EqualTo(graph.Input.Select(Describe)));
        Assert.That(stage.Outputs.Select(Describe), Is.EqualTo(graph.Output.Select(Describe)));
    }

    [Test]
    public void Every_parameter_and_state_has_a_first_value_of_its_shape([ValueSource(typeof(Programs), nameof(Programs.Names))] string name)
    {
        var program = Programs.Build(name);
        var files = ProgramWriter.Files(program);
        var initial = Safetensors.Read(new MemoryStream(files["init.safetensors"])).Select(tensor => $"{tensor.Name} {tensor.Type.Name()} "
            + $"{string.Join(',', tensor.Shape)}");
        var inputs = ProgramWriter.Manifest(program).Stages.SelectMany(stage => stage.Inputs).Where(port => port.Role is Role.Parameter or Role.State);
        Assert.That(initial, Is.EquivalentTo(inputs.Select(Describe).Distinct()));
    }

    [Test]
    public void Every_parameter_and_state_of_the_step_is_handed_to_the_next_one([ValueSource(typeof(Programs), nameof(Programs.Names))] string name)
    {
        var step = ProgramWriter.Manifest(Programs.Build(name)).Stage("step");
        static string Carried(Port port, string? name) => Describe(port with { Name = name! }) + port.Role;
        var handed = step.Outputs.Where(port => port.Next is not null).Select(port => Carried(port, port.Next));
        var taken = step.Inputs.Where(port => port.Role is Role.Parameter or Role.State).Select(port => Carried(port, port.Name));
        Assert.That(handed, Is.EquivalentTo(taken));
    }

    [Test]
    public void The_weights_of_the_encoder_have_torchvisions_names([Values("resnet18", "resnet34", "resnet50")] string backbone)
    {
        var encoder = ProgramWriter.Manifest(Programs.Build($"{backbone} large sgd")).Stage("encoder");
        Assert.That(EncoderWriter.Weights(encoder).Select(port => port.Name), Is.EquivalentTo(BackboneNames.Of(backbone).Keys));
    }

    [Test]
    public void The_step_is_fed_bytes_and_a_learning_rate_and_reports_loss_and_embedding()
    {
        var step = s_manifest.Stage("step");
        Assert.That(step.Inputs.Where(port => port.Role == Role.Batch).Select(Describe), Is.EqualTo(new[] { "views uint8 4,3,32,32" }));
        Assert.That(step.Inputs.Where(port => port.Role == Role.Scalar).Select(Describe), Is.EqualTo(new[] { "learning_rate float32 " }));
        Assert.That(step.Outputs.Where(port => port.Role == Role.Metric).Select(Describe), Is.EqualTo(new[] { "loss float32 ", "embedding float32 4,8" }));
    }

    [Test]
    public void The_encoder_is_fed_images_of_any_number()
    {
        var encoder = s_manifest.Stage("encoder");
        Assert.That(encoder.Inputs.Where(port => port.Role == Role.Batch).Select(Describe), Is.EqualTo(new[] { "image float32 -1,3,32,32" }));
        Assert.That(encoder.Outputs.Select(Describe), Is.EqualTo(new[] { "embedding float32 -1,32" }));
    }

    [Test]
    public void The_learning_rate_is_scaled_by_the_batch()
    {
        var peak = new SimClrOptions().Optimizer.LearningRate * 2 / 256;
        Assert.That(((CosineSchedule)s_manifest.Schedules["learning_rate"]).Peak, Is.EqualTo(peak).Within(1e-12));
        Assert.That(s_manifest.Stage("step").Inputs.Single(port => port.Role == Role.Scalar).Default, Is.EqualTo(peak).Within(1e-12));
    }

    [Test]
    public void The_manifest_survives_being_written_and_read() =>
        Assert.That(ProgramManifest.Parse(s_manifest.ToJson()).ToJson(), Is.EqualTo(s_manifest.ToJson()));

    [Test]
    public void A_missing_stage_is_named_with_those_there_are() =>
        Assert.That(() => s_manifest.Stage("teacher"), Throws.TypeOf<KeyNotFoundException>().With.Message.EqualTo(
            "The program has no stage 'teacher'. It has step, encoder."));

    [Test]
    public void The_same_options_give_the_same_files() =>
        Assert.That(ProgramWriter.Files(Programs.Build("resnet18 small sgd")), Is.EqualTo(s_files));

    [Test]
    public void Another_seed_gives_other_first_values_in_the_same_graphs()
    {
        var files = ProgramWriter.Files(s_program with { Seed = 6 });
        Assert.That(files.Keys.Where(file => !files[file].AsSpan().SequenceEqual(s_files[file])),
            Is.EquivalentTo(new[] { "init.safetensors", "program.json" }));
    }

    [Test]
    public void ONNX_Runtime_loads_every_stage([ValueSource(typeof(Programs), nameof(Programs.Names))] string name)
    {
        foreach (var (file, bytes) in ProgramWriter.Files(Programs.Build(name)).Where(pair => pair.Key.EndsWith(".onnx")))
        {
            using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            Assert.That(() => new InferenceSession(bytes, options).Dispose(), Throws.Nothing, file);
        }
    }

    private static string Describe(Port port) => $"{port.Name} {port.Dtype} {string.Join(',', port.Shape)}";

    private static string Describe(ValueInfoProto value) =>
        $"{value.Name} {((DType)value.Type.TensorType.ElemType).Name()} "
        + $"{string.Join(',', value.Type.TensorType.Shape.Dim.Select(dimension => dimension.DimParam == "N" ? -1 : dimension.DimValue))}";
}
