using Jem.Trainer.Profiling;

namespace Jem.Trainer.Tests.Profiling;

public class MachinePeaksTests
{
    [Test]
    public void A_machine_computes_and_reads_what_machines_do()
    {
        var peaks = MachinePeaks.Measure(threads: 1);
        Assert.That(peaks.Gflops, Is.InRange(1, 1000), "a core");
        Assert.That(peaks.ReadGbPerSecond, Is.InRange(0.5, 500));
        Assert.That(MachinePeaks.VectorBits, Is.AnyOf(128, 256, 512));
    }

    [Test]
    public void Chains_keep_to_numbers_that_are_as_fast_as_any() => Assert.That(RegisterProducts.Run(1000), Is.InRange(1, 1000));
}
