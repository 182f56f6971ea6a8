using Google.Protobuf;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Export;

/// <summary>Turns a training program into the files that ONNX Runtime runs in any language.</summary>
public static class ProgramWriter
{
    /// <summary>The name of the manifest.</summary>
    public const string ManifestFile = "program.json";

    /// <summary>The name of the file with the first values.</summary>
    public const string InitialFile = "init.safetensors";

    /// <summary>The files by name: <c>program.json</c>, one .onnx per stage, <c>init.safetensors</c>.</summary>
    public static IReadOnlyDictionary<string, byte[]> Files(TrainingProgram program)
    {
        var files = new Dictionary<string, byte[]>();
        foreach (var stage in program.Stages)
        {
            files[$"{stage.Name}.onnx"] = OnnxWriter.Model(stage).ToByteArray();
        }

        files[InitialFile] = Safetensors.Of([.. program.Variables.Select(variable => (variable.Value.Name, variable.Value.Shape, (Action<Span<float>>)(
            values => variable.Init.Draw(variable.Value.Shape, variable.DrawnAs, program.Seed, values))))]);
        files[ManifestFile] = System.Text.Encoding.UTF8.GetBytes(Manifest(program).ToJson());
        return files;
    }

    /// <summary>The manifest of a program, whose files are named as <see cref="Files"/> names them.</summary>
    public static ProgramManifest Manifest(TrainingProgram program) =>
        new(program.Method, program.BatchSize, program.Seed, program.Image, program.Backbone, program.Options, InitialFile, [.. program.Stages.Select(Stage)])
        {
            Schedules = program.Schedules,
            Batch = program.Batch,
            Collapse = program.Collapse,
        };

    private static StageManifest Stage(Graph graph) => new(
        graph.Name,
        $"{graph.Name}.onnx",
        [.. graph.Inputs.Select(input => Port(input.Value, input.Role, input.Means) with { Default = input.Default })],
        [.. graph.Outputs.Select(output => Port(output.Value, output.Role, output.Means) with { Next = output.Next })]);

    private static Port Port(Value value, Role role, Meaning means) => new(value.Name, role, value.Type.Name(), value.Shape.ToArray()) { Means = means };
}
