using BenchmarkDotNet.Attributes;

namespace Jem.Benchmarks.Kernels;

/// <summary>Each kernel of a function against its portable body. A new kernel appears by itself.</summary>
public class KernelBenchmarks : ModelBenchmarks
{
    public static IEnumerable<FunctionCall> Calls => FunctionCall.All;

    [ParamsSource(nameof(Calls))]
    public FunctionCall Call { get; set; } = null!;

    [GlobalSetup(Target = nameof(Kernel))]
    public void WithKernel() => Open(Call.Model(), kernels: true);

    [GlobalSetup(Target = nameof(Body))]
    public void WithBody() => Open(Call.Model(), kernels: false);

    [Benchmark(Baseline = true)]
    public void Body() => Run();

    [Benchmark]
    public void Kernel() => Run();
}
