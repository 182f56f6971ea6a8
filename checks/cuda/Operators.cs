using System.Globalization;
using Google.Protobuf;
using Jem.Graphs.Export;
using Jem.Graphs.Grad;
using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using Jem.Graphs.Tests.Grad;
using Jem.Graphs.Tests.Ops;
using Jem.Trainer.Sessions;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Checks.Cuda;

/// <summary>Part a, besides: every operator with a gradient and that gradient, in the uses of the project's own tests, beside the processor.</summary>
internal static class Operators
{
    private const double Tolerance = 1e-3;

    public static IEnumerable<Result> Run(CheckOptions options) => GradientCases.All.GroupBy(use => use.Op).Select(uses => Of(uses, options));

    private static Result Of(IGrouping<string, GradientCase> uses, CheckOptions options)
    {
        try
        {
            var worst = uses.Select(use => (Error: Error(use, options), use.Use)).MaxBy(row => row.Error);
            return new Result(
                uses.Key, worst.Error < Tolerance,
                string.Create(CultureInfo.InvariantCulture, $"{worst.Error:E1} at most of {uses.Count()} uses ({worst.Use})"), worst.Error);
        }
#pragma warning disable CA1031 // What one operator cannot do is its result, not the end of the others.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new Result(uses.Key, false, error.Message.ReplaceLineEndings(" "));
        }
    }

    private static double Error(GradientCase use, CheckOptions options)
    {
        var graph = new Graph("check");
        Value[] inputs = [.. use.Inputs.Select((shape, i) => graph.Input($"x{i}", DType.Float, shape))];
        var y = use.Build(inputs);
        var weights = graph.Input("weights", DType.Float, y.Shape);
        var gradients = Gradient.Of(Op.Sum(y * weights), inputs);
        graph.Output("y", Op.Identity(y));
        for (var i = 0; i < gradients.Count; i++)
        {
            graph.Output($"gradient{i}", Op.Identity(gradients[i]));
        }

        graph.Prune();
        var file = Path.Combine(options.Out, "operator.onnx");
        File.WriteAllBytes(file, OnnxWriter.Model(graph).ToByteArray());
        var values = Draw(graph, Domain.Of(use.Op));
        var (actual, expected) = (Outputs(file, options.Exact(kernels: true), graph, values), Outputs(file, CheckOptions.Oracle, graph, values));
        return actual.Zip(expected, (a, e) => Relative.Error(a, e.AsSpan())).Max();
    }

    // Where numbers are to keep apart, they are the shuffled points of a grid.
    private static float[][] Draw(Graph graph, Domain domain)
    {
        var random = new Random(3);
        float[] Numbers(int count)
        {
            float[] values = [.. Enumerable.Range(0, count).Select(i => (float)(domain.Gap > 0
                ? domain.Low + ((i + 0.5) * (domain.High - domain.Low) / count)
                : domain.Low + (random.NextDouble() * (domain.High - domain.Low))))];
            random.Shuffle(values);
            return values;
        }

        return [.. graph.Inputs.Select(input => Numbers((int)input.Value.Shape.Size))];
    }

    private static float[][] Outputs(string file, DeviceOptions device, Graph graph, float[][] values)
    {
        using var session = new Device(device).Open(file);
        var inputs = graph.Inputs.Select((input, i) => OrtValue.CreateTensorValueFromMemory(values[i], [.. input.Value.Shape])).ToList();
        try
        {
            using var run = new RunOptions();
            using var results = session.Run(
                run, [.. graph.Inputs.Select(input => input.Value.Name)], inputs, [.. graph.Outputs.Select(output => output.Value.Name)]);
            return [.. results.Select(result => result.GetTensorDataAsSpan<float>().ToArray())];
        }
        finally
        {
            inputs.ForEach(input => input.Dispose());
        }
    }
}
