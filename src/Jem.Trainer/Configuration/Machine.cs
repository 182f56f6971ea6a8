using Jem.Graphs.Ir;
using Jem.Graphs.Programs;

namespace Jem.Trainer.Configuration;

/// <summary>
/// What a machine does in a second, by rule of thumb: enough to choose sizes before anything has run, and the same on every run.
/// <c>jem train --dry-run</c> measures.
/// </summary>
/// <param name="Name">Such as <c>2 cores</c>.</param>
/// <param name="Operations">Of convolutions and matrix products, a second.</param>
/// <param name="Traffic">Bytes read and written by operators, a second.</param>
/// <param name="PerNode">Seconds that an operator takes at least.</param>
/// <param name="ViewPixels">Pixels of views, a second.</param>
/// <param name="MemoryBytes">Of the processor, or of the graphics processor.</param>
/// <param name="LargestView">The side in pixels up to which views follow the images.</param>
public sealed record Machine(
    string Name, double Operations, double Traffic, double PerNode, double ViewPixels, long MemoryBytes, int LargestView)
{
    // ONNX Runtime and .NET themselves; and how much larger its arena is than what lives at one time (benchmarks/results/peers.md).
    private const long BaseBytes = 200L << 20;
    private const double Arena = 2.2;

    /// <summary>The processor. The tests hold the rates against the measured steps and memory of every method.</summary>
    /// <param name="cores">At least 1.</param>
    /// <param name="kernels">Whether the C# kernels run, which at least halve a step.</param>
    public static Machine Cpu(int cores, bool kernels = true) => new(
        $"{cores} core{(cores == 1 ? "" : "s")}",
        cores * (kernels ? 110e9 : 55e9),
        16e9,
        15e-6,
        cores * 80e6,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        LargestView: 64);

    /// <summary>A graphics processor. Its rates are those of data sheets, taken low; they have not been measured.</summary>
    /// <param name="cores">Of the processor, which makes the views.</param>
    /// <param name="memoryBytes">Of the graphics processor.</param>
    public static Machine Cuda(int cores, long memoryBytes = 16L << 30) =>
        Cpu(cores) with { Name = "a GPU", Operations = 10e12, Traffic = 500e9, MemoryBytes = memoryBytes, LargestView = 128 };

    /// <summary>About how long a step of a program takes, its views included.</summary>
    public double SecondsPerStep(TrainingProgram program)
    {
        var step = program.Stage(ProgramStages.Step);
        var cost = GraphCost.Of(step);
        return (cost.Operations / Operations) + (cost.TrafficBytes / Traffic) + (PerNode * step.Nodes.Count) + (Pixels(program) / ViewPixels);
    }

    /// <summary>About how much memory its training takes: what lives at one time, and the parameters and states once more.</summary>
    public static long MemoryOf(TrainingProgram program)
    {
        var step = program.Stage(ProgramStages.Step);
        var carried = GraphCost.InputBytes(step, Role.Parameter) + GraphCost.InputBytes(step, Role.State);
        return BaseBytes + (long)(Arena * GraphCost.Of(step).PeakBytes) + carried;
    }

    private static double Pixels(TrainingProgram program) =>
        program.BatchSize * program.Batch.Values.OfType<ViewsInput>().Sum(views => (double)views.Recipe.Count * views.Recipe.Size * views.Recipe.Size);
}
