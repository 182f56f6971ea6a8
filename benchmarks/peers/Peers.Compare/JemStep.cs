using Jem.Trainer.Sessions;

namespace Peers.Compare;

/// <summary>Serves steps of a training program as <c>jem train</c> runs them, without a loader.</summary>
internal static class JemStep
{
    /// <param name="folder">The training program.</param>
    /// <param name="kernels">Whether the C# kernels compute, or the portable bodies.</param>
    public static void Serve(string folder, bool kernels)
    {
        using var runner = new StepRunner(folder, new Device(new DeviceOptions { Threads = Turns.Threads, Kernels = kernels }));
        Turns.FillViews(runner.Batch("views"));
        var parameters = runner.Stage.Inputs.Where(port => port.Role == Jem.Graphs.Ir.Role.Parameter)
            .Sum(port => port.Shape.Aggregate(1L, (product, size) => product * size));
        Turns.Serve(parameters, () =>
        {
            runner.Step();
            return runner.Metric("loss")[0];
        });
    }
}
