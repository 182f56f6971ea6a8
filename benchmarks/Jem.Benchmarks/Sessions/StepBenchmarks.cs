using BenchmarkDotNet.Attributes;
using Jem.Trainer.Sessions;

namespace Jem.Benchmarks.Sessions;

/// <summary>A whole SimCLR step: forward, backward, update; the views are there already.</summary>
public class StepBenchmarks
{
    private string _folder = "";
    private StepRunner _runner = null!;

    public static IEnumerable<StepWork> Works => StepWork.ResNet18;

    [ParamsSource(nameof(Works))]
    public StepWork Work { get; set; } = null!;

    [GlobalSetup(Target = nameof(Kernels))]
    public void WithKernels() => Open(kernels: true);

    [GlobalSetup(Target = nameof(Portable))]
    public void WithBodies() => Open(kernels: false);

    [Benchmark(Baseline = true)]
    public void Portable() => _runner.Step();

    [Benchmark]
    public void Kernels() => _runner.Step();

    [GlobalCleanup]
    public void Close()
    {
        _runner.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Open(bool kernels)
    {
        _folder = Directory.CreateTempSubdirectory("jem-step-").FullName;
        Work.Write(_folder);
        _runner = new StepRunner(_folder, new Device(new DeviceOptions { Threads = 2, Kernels = kernels }));
        new Random(7).NextBytes(_runner.Batch("views"));
    }
}
