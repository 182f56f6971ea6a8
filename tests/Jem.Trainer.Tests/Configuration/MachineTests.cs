using System.Text.Json.Nodes;
using Jem.Graphs.Methods;
using Jem.Trainer.Configuration;
using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Configuration;

/// <summary>The rule of thumb beside what was measured on two cores: benchmarks/quality/results.json, 3 epochs of 60,000 images of 28×28.</summary>
public class MachineTests
{
    private const int Steps = 3 * (60_000 / 128);

    private static readonly ImageStatistics s_images = new(1, [0.5], [0.25]) { Count = 60_000, ShortSide = 28 };

    private static readonly JsonArray s_measured =
        JsonNode.Parse(File.ReadAllText(Path.Combine(Shell.Root, "benchmarks", "quality", "results.json")))!["rows"]!.AsArray();

    private static IReadOnlyList<string> Methods => MethodCatalog.BuiltIn.Names;

    [TestCaseSource(nameof(Methods))]
    public void The_time_of_a_step_is_within_a_factor_of_two_of_what_was_measured(string method)
    {
        var measured = (double)s_measured.Single(row => (string)row!["name"]! == method)!["seconds"]! / Steps;
        Assert.That(Small(method).Seconds / measured, Is.InRange(0.5, 2.1));
    }

    [TestCaseSource(nameof(Methods))]
    public void The_memory_is_within_a_half_of_what_was_measured(string method)
    {
        var measured = (double)s_measured.Single(row => (string)row!["name"]! == method)!["peak_mib"]! * (1 << 20);
        Assert.That(Small(method).MemoryBytes / measured, Is.InRange(0.66, 1.5));
    }

    [Test]
    public void A_machine_without_kernels_or_with_fewer_cores_takes_longer()
    {
        double Seconds(Machine machine) => machine.SecondsPerStep(Small("simclr").Program);
        Assert.That(Seconds(Machine.Cpu(1)), Is.GreaterThan(Seconds(Machine.Cpu(2))));
        Assert.That(Seconds(Machine.Cpu(2, kernels: false)), Is.GreaterThan(Seconds(Machine.Cpu(2))).And.LessThan(2 * Seconds(Machine.Cpu(2))));
    }

    private static FittedMethod Small(string method) =>
        FittedMethod.Of(new MethodRequest(method) { Preset = "small", ImageSize = 28 }, s_images, Machine.Cpu(2));
}
