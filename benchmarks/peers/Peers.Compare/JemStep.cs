using Jem.Graphs.Ir;
using Jem.Trainer.Configuration;
using Jem.Trainer.Sessions;

namespace Peers.Compare;

/// <summary>Serves steps of a training program as <c>jem train</c> runs them, without a loader.</summary>
internal static class JemStep
{
    /// <param name="folder">The training program, with a file for each batch input.</param>
    /// <param name="kernels">Whether the C# kernels compute, or the portable bodies.</param>
    /// <param name="precision">As <c>jem train --precision</c> takes it; null leaves it out.</param>
    public static void Serve(string folder, bool kernels, string? precision)
    {
        using var runner = new StepRunner(folder, new Device(Options(kernels, precision)));
        foreach (var port in runner.Stage.Inputs.Where(port => port.Role == Role.Batch))
        {
            File.ReadAllBytes(Turns.BatchFile(folder, port.Name)).CopyTo(runner.Batch(port.Name));
        }

        var parameters = runner.Stage.Inputs.Where(port => port.Role == Role.Parameter)
            .Sum(port => port.Shape.Aggregate(1L, (product, size) => product * size));
        Turns.Serve(parameters, $"ONNX Runtime {Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetVersionString()}", () =>
        {
            runner.Step();
            return runner.Metric("loss")[0];
        });
    }

    /// <summary>Whether there is such a precision on a processor.</summary>
    public static bool Has(string precision)
    {
        try
        {
            _ = new Device(Options(kernels: true, precision));
            return true;
        }
        catch (UsageException)
        {
            return false;
        }
    }

    private static DeviceOptions Options(bool kernels, string? precision) => new() { Threads = Turns.Threads, Kernels = kernels, Precision = precision };
}
