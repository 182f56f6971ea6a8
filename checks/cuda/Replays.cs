using System.Globalization;
using System.Runtime.InteropServices;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Trainer.Configuration;
using Jem.Trainer.Sessions;

namespace Jem.Checks.Cuda;

/// <summary>
/// Part b. Ten steps through StepRunner, from PyTorch's weights on PyTorch's batches: the replays of tests/Jem.Graphs.Tests/Methods/oracles, whose
/// options stand in the tests beside them.
/// </summary>
internal static class Replays
{
    private const double Tolerance = 1e-3, Rounding = 1e-7;
    private const int Draws = 6;

    private static readonly string[] s_common =
    [
        "batch=6", "image.size=12", "views.size=12", "optimizer.name=sgd", "optimizer.momentum=0.9", "optimizer.weight_decay=0.001",
        "optimizer.final_weight_decay=-1", "optimizer.clip=0",
    ];

    private static readonly string[] s_resnet = ["backbone.name=resnet18", "backbone.width=2", "backbone.stem=small"];

    // The file without _replay, the method, and its options.
    private static readonly (string File, string Method, string[] Options)[] s_all =
    [
        ("simclr", "simclr", ["projector.hidden=24", "projector.output=16"]),
        ("npid", "npid", ["views.count=1", "dimension=16", "temperature=0.2", "negatives=7"]),
        ("npid_softmax", "npid", ["views.count=1", "dimension=16", "temperature=0.2", "loss=softmax"]),
        ("moco", "moco", ["queue=16", "dimension=16", "norm_splits=2"]),
        ("moco_symmetric", "moco", ["queue=7", "dimension=16", "norm_splits=1", "head=linear", "temperature=0.3", "symmetric=true"]),
        ("pirl", "pirl", ["views.count=1", "dimension=16", "temperature=0.2", "negatives=7", "jigsaw.weight=0.4"]),
        ("pirl_softmax", "pirl", ["views.count=1", "dimension=16", "temperature=0.2", "loss=softmax", "jigsaw.weight=0.4"]),
        ("barlow_twins", "barlow-twins", ["lambda=0.02", "scale=0.01", "projector.layers=3", "projector.hidden=24", "projector.output=16"]),
        ("vicreg", "vicreg", ["invariance=2.5", "variance=1.5", "covariance=0.5", "expander.layers=3", "expander.hidden=24", "expander.output=16"]),
        ("swav", "swav", ["prototypes=10", "projector.hidden=24", "projector.output=8", "queue.length=16", "local_views.count=2"]),
        ("byol", "byol", ["projector.layers=2", "projector.hidden=24", "projector.output=16", "predictor.layers=2", "predictor.hidden=20"]),
        ("simsiam", "simsiam", ["projector.layers=3", "projector.hidden=24", "projector.output=16", "predictor.layers=2", "predictor.hidden=12"]),
        ("dino", "dino", ["prototypes=12", "projector.hidden=24", "projector.bottleneck=8", "local_views.count=2"]),
        ("data2vec", "data2vec",
        [
            "views.count=1", "backbone.name=vit_tiny", "backbone.width=16", "backbone.depth=3", "backbone.patch=4", "backbone.pool=mean",
            "top_blocks=2", "beta=0.5",
        ]),
    ];

    public static IEnumerable<Result> Run(CheckOptions options)
    {
        foreach (var (file, method, settings) in s_all)
        {
            var name = file.Replace('_', ' ');
            yield return Of(file, method, settings, name, options.Exact(kernels: true) with { Deterministic = options.OnGpu });
            if (options.OnGpu)
            {
                var graph = options.Exact(kernels: true, channelsLast: true) with { Graph = true };
                yield return Of(file, method, settings, $"{name}, channels last, as a CUDA graph", graph);
            }
        }
    }

    // From weights a rounding away, where a ReLU lies so near zero that rounding decides: SwAV's ends 2e-2 away then, on a processor as well.
    private static Result Of(string file, string method, string[] settings, string name, DeviceOptions device)
    {
        var oracle = Read($"{file}_replay");
        var result = Of(oracle, method, settings, name, device, new Random(0), 0);
        for (var draw = 1; draw <= Draws && !result.Passed; draw++)
        {
            result = Of(oracle, method, settings, $"{name}, from weights {Rounding:E0} beside", device, new Random(draw), Rounding);
        }

        return result;
    }

    private static Result Of(
        Dictionary<string, double[]> oracle, string method, string[] settings, string name, DeviceOptions device, Random random, double spread)
    {
        var resnet = method == "data2vec" ? [] : s_resnet;
        using var programs = new Programs(
            new MethodRequest(method) { Settings = [.. s_common, .. resnet, .. settings] }, method is "npid" or "pirl" ? 11 : 64);
        using var runner = new StepRunner(programs.Folder, new Device(device));
        double Near(double value) => value * (1 + (spread * ((2 * random.NextDouble()) - 1)));
        runner.Restore([.. runner.Snapshot().Select(tensor => oracle.TryGetValue($"initial.{tensor.Name}", out var initial)
            ? tensor with { Data = Bytes(tensor.Type, tensor.Type == DType.Float ? Array.ConvertAll(initial, Near) : initial) }
            : tensor)]);
        var reported = 0.0;
        for (var step = 0; step < 10; step++)
        {
            foreach (var input in runner.Stage.Inputs.Where(input => input.Role == Role.Batch))
            {
                Bytes(DTypes.Parse(input.Dtype), Row(oracle[$"batch.{input.Name}"], step)).CopyTo(runner.Batch(input.Name));
            }

            foreach (var input in runner.Stage.Inputs.Where(input => input.Role == Role.Scalar))
            {
                runner.SetScalar(input.Name, Row(oracle[$"scalar.{input.Name}"], step)[0]);
            }

            runner.Step();
            reported = oracle.Where(pair => pair.Key.StartsWith("reported.", StringComparison.Ordinal))
                .Select(pair => Relative.Error(runner.Metric(pair.Key["reported.".Length..]), Row(pair.Value, step))).Append(reported).Max();
        }

        var last = runner.Snapshot().Where(tensor => tensor.Type == DType.Float && oracle.ContainsKey($"final.{tensor.Name}"))
            .Select(tensor => (Error: Relative.Error(tensor.Floats, oracle[$"final.{tensor.Name}"]), tensor.Name)).Max();
        return new Result(
            name,
            reported < Tolerance && last.Error < Tolerance,
            string.Create(CultureInfo.InvariantCulture, $"losses and embeddings {reported:E1}, weights and states {last.Error:E1} ({last.Name})"),
            Math.Max(reported, last.Error));
    }

    private static double[] Row(double[] rows, int step) => rows[(rows.Length / 10 * step)..(rows.Length / 10 * (step + 1))];

    private static byte[] Bytes(DType type, double[] values) => type switch
    {
        DType.Float => MemoryMarshal.AsBytes<float>(Array.ConvertAll(values, value => (float)value)).ToArray(),
        DType.Double => MemoryMarshal.AsBytes<double>(values).ToArray(),
        DType.Int64 => MemoryMarshal.AsBytes<long>(Array.ConvertAll(values, value => (long)value)).ToArray(),
        _ => Array.ConvertAll(values, value => (byte)value),
    };

    private static Dictionary<string, double[]> Read(string name)
    {
        using var file = typeof(Replays).Assembly.GetManifestResourceStream($"{name}.safetensors")!;
        return Safetensors.Read(file).ToDictionary(tensor => tensor.Name, Doubles);
    }

    private static double[] Doubles(NamedTensor tensor) => tensor.Type switch
    {
        DType.Float => Array.ConvertAll(tensor.Floats.ToArray(), element => (double)element),
        DType.Double => MemoryMarshal.Cast<byte, double>(tensor.Data).ToArray(),
        DType.Int64 => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(tensor.Data).ToArray(), element => (double)element),
        _ => Array.ConvertAll(tensor.Data, element => (double)element),
    };
}
