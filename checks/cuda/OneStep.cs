using System.Globalization;
using System.Runtime.InteropServices;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Trainer.Configuration;
using Jem.Trainer.Sessions;

namespace Jem.Checks.Cuda;

/// <summary>
/// Part a. Every operator that a program has is run on the device, by our kernels and by ONNX Runtime's, and beside it on the processor. Widths
/// are such that kernels meet whole and odd blocks.
/// </summary>
internal static class OneStep
{
    private const double Tolerance = 1e-3;
    private const int Draws = 5;

    // The processor is ahead with the oracles. The GPU's steps come one after the other: while cuDNN measures algorithms, or a step is recorded, no
    // other thread may ask for memory.
    public static IEnumerable<Result> Run(CheckOptions options) =>
        (from width in new[] { 16, 20 }
         from method in MethodCatalog.BuiltIn.Names
         select (method, width)).AsParallel().AsOrdered().WithMergeOptions(ParallelMergeOptions.NotBuffered)
        .WithDegreeOfParallelism(Math.Max(1, Environment.ProcessorCount / 4))
        .Select(step => new Case(step.method, step.width)).AsSequential().Select(step => Of(step, options));

    /// <summary>A program and what the processor makes of it.</summary>
    private sealed class Case : IDisposable
    {
        public Case(string method, int width)
        {
            Name = $"{method}, width {width}";
            string[] settings = method == "data2vec"
                ? ["backbone.name=vit_tiny", "backbone.depth=2", "backbone.patch=8", "top_blocks=1"]
                : ["backbone.stem=large"];
            Programs = new Programs(new MethodRequest(method)
            {
                ImageSize = 32,
                Batch = 8,
                Settings =
                [
                    $"backbone.width={(method == "data2vec" ? 3 * width : width)}", .. settings, .. Small(method),
                    "optimizer.name=sgd", "optimizer.momentum=0.9", "optimizer.weight_decay=0",
                ],
            });
            Oracle = Step(Programs.Folder, CheckOptions.Oracle, seed: 1);
        }

        public string Name { get; }

        public Programs Programs { get; }

        public Dictionary<string, NamedTensor> Oracle { get; }

        public void Dispose() => Programs.Dispose();
    }

    private static Result Of(Case step, CheckOptions options)
    {
        using (step)
        {
            try
            {
                // Where a number is next to zero, another rounding may turn a ReLU on or off, and with it the gradients before it: seldom those of one
                // tensor on every draw, as a kernel that computes something else would do.
                var errors = Errors(step, seed: 1, step.Oracle, options);
                for (var seed = 2; seed <= Draws && errors.Any(way => Worst(way.Errors).Value >= Tolerance); seed++)
                {
                    var others = Errors(step, seed, Step(step.Programs.Folder, CheckOptions.Oracle, seed), options);
                    errors = [.. errors.Zip(others, (one, other) => (one.Way, Smaller(one.Errors, other.Errors)))];
                }

                var worst = errors.Select(way => (way.Way, Worst: Worst(way.Errors))).ToList();
                return new Result(
                    step.Name,
                    worst.All(way => way.Worst.Value < Tolerance),
                    string.Join(", ", worst.Select(way => string.Create(CultureInfo.InvariantCulture, $"{way.Way} {way.Worst.Value:E1} ({way.Worst.Name})"))),
                    worst[0].Worst.Value);
            }
#pragma warning disable CA1031 // What one method cannot do is its result, not the end of the others.
            catch (Exception error)
#pragma warning restore CA1031
            {
                return new Result(step.Name, false, error.Message.ReplaceLineEndings(" "));
            }
        }
    }

    private static (string Way, Dictionary<string, double> Errors)[] Errors(
        Case step, int seed, Dictionary<string, NamedTensor> oracle, CheckOptions options)
    {
        (string Way, Dictionary<string, double>) Of(string way, DeviceOptions device) => (way, Errors(Step(step.Programs.Folder, device, seed), oracle));

        return
        [
            Of("kernels", options.Exact(kernels: true)),
            .. options.OnGpu ? [Of("channels last", options.Exact(kernels: true, channelsLast: true))] : Array.Empty<(string, Dictionary<string, double>)>(),
            Of("operators", options.Exact(kernels: false)),
        ];
    }

    private static (double Value, string Name) Worst(Dictionary<string, double> errors) => errors.Select(error => (error.Value, error.Key)).Max();

    private static Dictionary<string, double> Smaller(Dictionary<string, double> one, Dictionary<string, double> other) =>
        one.ToDictionary(error => error.Key, error => Math.Min(error.Value, other[error.Key]));

    private static string[] Small(string method) => method switch
    {
        "simclr" => ["projector.output=16"],
        "moco" => ["queue=16", "norm_splits=2", "dimension=16"],
        "npid" or "pirl" => ["negatives=7", "loss=nce", "dimension=16"],
        "barlow-twins" => ["projector.hidden=48", "projector.output=32"],
        "vicreg" => ["expander.hidden=48", "expander.output=32"],
        "byol" or "simsiam" => ["projector.hidden=48", "projector.output=32", "predictor.hidden=24"],
        "swav" => ["prototypes=12", "local_views.count=2", "queue.length=16", "projector.hidden=48", "projector.output=16"],
        "dino" => ["prototypes=16", "local_views.count=2", "projector.hidden=48", "projector.bottleneck=16"],
        _ => [],
    };

    /// <summary>The parameters and states after a step on fixed bytes. Those of the optimiser are gradients then.</summary>
    private static Dictionary<string, NamedTensor> Step(string folder, DeviceOptions device, int seed)
    {
        using var runner = new StepRunner(folder, new Device(device));
        var random = new Random(seed);
        foreach (var input in runner.Stage.Inputs.Where(input => input.Role == Role.Batch))
        {
            Fill(input, runner.Batch(input.Name), random);
        }

        foreach (var input in runner.Stage.Inputs.Where(input => input.Role == Role.Scalar && input.Default is null))
        {
            runner.SetScalar(input.Name, input.Name.Contains("momentum", StringComparison.Ordinal) ? 0.9 : 0.1);
        }

        runner.Step();
        return runner.Snapshot().Where(tensor => tensor.Type == DType.Float).ToDictionary(tensor => tensor.Name);
    }

    // Numbers of images, of negatives and of places are small whole numbers; all else is bytes of pixels.
    private static void Fill(Port input, Span<byte> bytes, Random random)
    {
        if (input.Dtype == "uint8")
        {
            random.NextBytes(bytes);
        }
        else if (input.Dtype == "int64")
        {
            var numbers = MemoryMarshal.Cast<byte, long>(bytes);
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = i % 8;
            }
        }
        else
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = input.Dtype == "bool" ? (byte)(i % 2) : (byte)0;
            }
        }
    }

    /// <summary>The error of each tensor against its norm.</summary>
    private static Dictionary<string, double> Errors(Dictionary<string, NamedTensor> actual, Dictionary<string, NamedTensor> expected)
    {
        // Gradients are compared with gradients: many a bias has none but rounding.
        double Typical(IEnumerable<NamedTensor> tensors) =>
            Math.Sqrt(tensors.SelectMany(tensor => tensor.Floats.ToArray()).Select(value => (double)value * value).DefaultIfEmpty().Average());
        bool IsGradient(NamedTensor tensor) => tensor.Name.StartsWith("optimizer.", StringComparison.Ordinal);
        var (gradient, value) = (Typical(expected.Values.Where(IsGradient)), Typical(expected.Values.Where(tensor => !IsGradient(tensor))));
        return expected.Values.ToDictionary(
            tensor => tensor.Name,
            tensor => Relative.Error(actual[tensor.Name].Floats, tensor.Floats, 0.01 * (IsGradient(tensor) ? gradient : value)));
    }
}
