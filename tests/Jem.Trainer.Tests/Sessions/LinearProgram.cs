using Google.Protobuf;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Graphs.Seeding;
using Jem.Trainer.Sessions;
using Onnx;

namespace Jem.Trainer.Tests.Sessions;

/// <summary>
/// A whole training program, small enough to compute by hand: linear regression from bytes by gradient descent with momentum.
/// With x = scale·pixels: loss = mean((x·w − target)²), v ← 0.9·v + ∂loss/∂w, w ← w − learning_rate·v.
/// </summary>
internal static class LinearProgram
{
    public const int Rows = 8;
    public const int Columns = 3;
    public const double LearningRate = 0.05;

    /// <summary>A <c>jem</c> function that the model calls.</summary>
    public const string Function = "Descend_1";

    private const float Scale = 1 / 255f;
    private const float Momentum = 0.9f;

    public static IReadOnlyList<NamedTensor> Initial { get; } =
    [
        NamedTensor.FromFloats("w", [Columns, 1], [0.5f, -0.25f, 1]),
        NamedTensor.FromFloats("momentum.w", [Columns, 1], new float[Columns]),
        NamedTensor.FromFloats("scale", [], [Scale]),
    ];

    public static ProgramManifest Manifest { get; } = new("linear", Rows, 0, new ImageOptions(), "none", [], "init.safetensors",
    [
        new("step", "step.onnx",
            [
                new("pixels", Role.Batch, "uint8", [Rows, Columns]),
                new("target", Role.Batch, "float32", [Rows, 1]),
                new("learning_rate", Role.Scalar, "float32", [], LearningRate),
                new("w", Role.Parameter, "float32", [Columns, 1]),
                new("momentum.w", Role.State, "float32", [Columns, 1]),
                new("scale", Role.State, "float32", []),
            ],
            [
                new("loss", Role.Metric, "float32", []),
                new("embedding", Role.Metric, "float32", [Rows, Columns]),
                new("w.next", Role.Parameter, "float32", [Columns, 1], Next: "w"),
                new("momentum.w.next", Role.State, "float32", [Columns, 1], Next: "momentum.w"),
            ]),
    ]);

    /// <summary>Writes the program, or a changed one, into a folder.</summary>
    public static string Write(string folder, Func<ProgramManifest, ProgramManifest>? change = null, IEnumerable<NamedTensor>? initial = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "program.json"), (change?.Invoke(Manifest) ?? Manifest).ToJson());
        File.WriteAllBytes(Path.Combine(folder, "step.onnx"), Model().ToByteArray());
        using var file = File.Create(Path.Combine(folder, "init.safetensors"));
        Safetensors.Write(file, initial ?? Initial);
        return folder;
    }

    public static StepRunner Open(string folder, Place place = Place.Host, params string[] onHost) => new(Write(folder), APlace.Device(place, onHost));

    /// <summary>Fills the batch inputs with numbers that depend on the step alone.</summary>
    public static void Fill(StepRunner runner, long step)
    {
        var (pixels, targets) = Batch(step);
        pixels.CopyTo(runner.Batch("pixels"));
        System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(targets).CopyTo(runner.Batch("target"));
    }

    /// <summary>The same steps in plain C#.</summary>
    public static (float[] Weights, float[] Velocity, double Loss) Compute(int steps, double learningRate = LearningRate)
    {
        float[] w = [.. Initial[0].Floats], v = new float[Columns];
        var loss = 0.0;
        for (var step = 0; step < steps; step++)
        {
            var (pixels, targets) = Batch(step);
            var gradient = new double[Columns];
            loss = 0;
            for (var row = 0; row < Rows; row++)
            {
                var error = -(double)targets[row];
                for (var i = 0; i < Columns; i++)
                {
                    error += pixels[(row * Columns) + i] * (double)Scale * w[i];
                }

                loss += error * error / Rows;
                for (var i = 0; i < Columns; i++)
                {
                    gradient[i] += 2 * error * pixels[(row * Columns) + i] * (double)Scale / Rows;
                }
            }

            for (var i = 0; i < Columns; i++)
            {
                v[i] = (float)((Momentum * v[i]) + gradient[i]);
                w[i] -= (float)(learningRate * v[i]);
            }
        }

        return (w, v, loss);
    }

    private static (byte[] Pixels, float[] Targets) Batch(long step)
    {
        var random = new SeededRandom(7, (ulong)step);
        var pixels = new byte[Rows * Columns];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(128 + (random.NextNormal() * 50));
        }

        var targets = new float[Rows];
        for (var row = 0; row < Rows; row++)
        {
            targets[row] = (2 * pixels[row * Columns] * Scale) - (pixels[(row * Columns) + 1] * Scale);
        }

        return (pixels, targets);
    }

    private static ModelProto Model()
    {
        var graph = new GraphProto { Name = "step" };
        graph.Input.AddRange(Manifest.Stages[0].Inputs.Select(Info));
        graph.Output.AddRange(Manifest.Stages[0].Outputs.Select(Info));
        graph.Initializer.AddRange([Constant("two_over_rows", 2f / Rows), Constant("m", Momentum)]);
        graph.Node.AddRange(
        [
            Node("Cast", "bytes", ["pixels"], new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (int)DType.Float }),
            Node("Mul", "embedding", ["bytes", "scale"]),
            Node("MatMul", "prediction", ["embedding", "w"]),
            Node("Sub", "error", ["prediction", "target"]),
            Node("Mul", "squares", ["error", "error"]),
            Node("ReduceMean", "loss", ["squares"], new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int, I = 0 }),
            Node("Transpose", "xt", ["embedding"]),
            Node("MatMul", "correlation", ["xt", "error"]),
            Node("Mul", "gradient", ["correlation", "two_over_rows"]),
            Node("Mul", "kept", ["momentum.w", "m"]),
            Node("Add", "momentum.w.next", ["kept", "gradient"]),
            new NodeProto { Domain = "jem", OpType = Function, Input = { "w", "momentum.w.next", "learning_rate" }, Output = { "w.next" } },
        ]);
        var standard = new OperatorSetIdProto { Domain = "", Version = OnnxWriter.Opset };
        var descend = new FunctionProto
        {
            Domain = "jem",
            Name = Function,
            OpsetImport = { standard },
            Input = { "weight", "direction", "rate" },
            Output = { "next" },
            Node = { Node("Mul", "update", ["direction", "rate"]), Node("Sub", "next", ["weight", "update"]) },
        };
        return new ModelProto
        {
            IrVersion = 8,
            Graph = graph,
            OpsetImport = { standard, new OperatorSetIdProto { Domain = "jem", Version = 1 } },
            Functions = { descend },
        };
    }

    private static NodeProto Node(string op, string output, string[] inputs, params AttributeProto[] attributes) =>
        new() { OpType = op, Output = { output }, Input = { inputs }, Attribute = { attributes } };

    private static TensorProto Constant(string name, float value) =>
        OnnxWriter.Tensor(name, DType.Float, [], BitConverter.GetBytes(value));

    private static ValueInfoProto Info(Port port)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(port.Shape.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto
        {
            Name = port.Name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DTypes.Parse(port.Dtype), Shape = shape } },
        };
    }
}
