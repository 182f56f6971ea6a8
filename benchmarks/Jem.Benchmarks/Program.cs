using BenchmarkDotNet.Running;
using Jem.Benchmarks;
using Jem.Benchmarks.Data;
using Jem.Benchmarks.Sessions;

// Some measurements are not of a method's time, and so not BenchmarkDotNet's.
switch (args)
{
    case ["waiting", .. var rest]:
        return await LoaderWaiting.Measure(rest);
    case ["scaling", .. var rest]:
        return Scaling.Measure(rest);
    default:
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, new BenchmarkConfig());
        return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
}
