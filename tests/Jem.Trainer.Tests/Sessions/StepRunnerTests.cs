using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Tests.Sessions;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StepRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase("{")]
    [TestCase("""{"format": 9}""")]
    public void A_manifest_that_is_no_programs_is_refused_with_its_place(string manifest)
    {
        LinearProgram.Write(_folder.Path);
        File.WriteAllText(_folder.At("program.json"), manifest);
        Assert.That(() => new StepRunner(_folder.Path, new Device(new DeviceOptions())), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith(
            $"{_folder.At("program.json")}: program.json is "));
    }

    [Test]
    public void A_stage_that_is_not_there_is_named()
    {
        LinearProgram.Write(_folder.Path);
        StepRunner Other() => new(_folder.Path, new Device(new DeviceOptions()), stageName: "other");
        Assert.That(Other, Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"The program in {_folder.Path} has no stage 'other'."));
    }

    [TestCase(1, Place.Host)]
    [TestCase(2, Place.Host)]
    [TestCase(9, Place.Host)]
    [TestCase(10, Place.Host)]
    [TestCase(9, Place.Copied)]
    [TestCase(10, Place.Copied)]
    [TestCase(1, Place.Streams)]
    [TestCase(9, Place.Streams)]
    [TestCase(10, Place.Streams)]
    [TestCase(9, Place.Copied, "learning_rate", "momentum.w")]
    [TestCase(9, Place.Streams, "learning_rate", "target")]
    [TestCase(9, Place.Streams, "momentum.w", "w")]
    public void Steps_give_the_weights_of_a_plain_computation(int steps, Place place, params string[] onHost)
    {
        using var program = LinearProgram.Open(_folder.Path, place, onHost);
        Run(program, 0, steps);
        var expected = LinearProgram.Compute(steps);
        var tensors = program.Snapshot().ToDictionary(tensor => tensor.Name);
        Assert.Multiple(() =>
        {
            Assert.That(tensors["w"].Floats.ToArray(), Is.EqualTo(expected.Weights).Within(1e-5f));
            Assert.That(tensors["momentum.w"].Floats.ToArray(), Is.EqualTo(expected.Velocity).Within(1e-5f));
            Assert.That(program.Metric("loss")[0], Is.EqualTo(expected.Loss).Within(1e-5));
            Assert.That(program.ScalarMetric("loss", 0), Is.EqualTo(program.Metric("loss")[0]));
        });
    }

    [TestCase(Place.Host)]
    [TestCase(Place.Streams)]
    public void A_scalar_has_its_default_until_it_is_set(Place place)
    {
        using var program = LinearProgram.Open(_folder.Path, place);
        Run(program, 0, 2);
        Assert.That(program.Snapshot()[0].Floats.ToArray(), Is.EqualTo(LinearProgram.Compute(2).Weights).Within(1e-5f));
        program.Restore(LinearProgram.Initial);
        program.SetScalar("learning_rate", 0.125);
        Run(program, 0, 3);
        Assert.That(program.Snapshot()[0].Floats.ToArray(), Is.EqualTo(LinearProgram.Compute(3, 0.125).Weights).Within(1e-5f));
    }

    [TestCase(3, Place.Host)]
    [TestCase(4, Place.Host)]
    [TestCase(3, Place.Streams)]
    [TestCase(4, Place.Streams)]
    public void A_restored_snapshot_goes_on_bit_for_bit(int steps, Place place)
    {
        using var program = LinearProgram.Open(_folder.Path, place);
        Run(program, 0, steps);
        var snapshot = program.Snapshot();
        Run(program, steps, 5);
        var went = program.Snapshot();
        program.Restore(snapshot);
        Run(program, steps, 5);
        using var other = LinearProgram.Open(_folder.At("other"));
        other.Restore(snapshot);
        Run(other, steps, 5);
        Assert.Multiple(() =>
        {
            Assert.That(Bytes(program.Snapshot()), Is.EqualTo(Bytes(went)));
            Assert.That(Bytes(other.Snapshot()), Is.EqualTo(Bytes(went)));
        });
    }

    [Test]
    public void A_snapshot_names_everything_that_is_carried()
    {
        using var program = LinearProgram.Open(_folder.Path);
        Run(program, 0, 1);
        var snapshot = program.Snapshot();
        Assert.Multiple(() =>
        {
            Assert.That(snapshot.Select(tensor => tensor.Name), Is.EqualTo(LinearProgram.Initial.Select(tensor => tensor.Name)));
            Assert.That(snapshot[2].Floats[0], Is.EqualTo(1 / 255f), "a state without an output stays as it is");
        });
    }

    [Test]
    public void Steps_reuse_their_memory()
    {
        using var program = LinearProgram.Open(_folder.Path);
        Run(program, 0, 20);
        LinearProgram.Fill(program, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            program.SetScalar("learning_rate", 0.1);
            program.Step();
        }

        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 100, Is.LessThan(500), "bytes per step");
    }

    [TestCase(Place.Host)]
    [TestCase(Place.Streams)]
    public void A_batch_stays_until_it_is_written_again(Place place)
    {
        using var program = LinearProgram.Open(_folder.Path, place);
        Run(program, 0, 1);
        program.Step();
        program.Step();
        using var other = LinearProgram.Open(_folder.At("other"));
        for (var step = 0; step < 3; step++)
        {
            LinearProgram.Fill(other, 0);
            other.Step();
        }

        Assert.That(Bytes(program.Snapshot()), Is.EqualTo(Bytes(other.Snapshot())));
    }

    [Test]
    public void A_step_that_is_under_way_tells_of_the_one_before()
    {
        using var program = LinearProgram.Open(_folder.Path, Place.Streams);
        Assert.That((program.Lag, program.ScalarMetric("loss", 0), program.ScalarMetric("loss", 1)), Is.EqualTo((1, 0f, 0f)));
        for (var step = 1; step < 5; step++)
        {
            var before = program.ScalarMetric("loss", 0);
            Run(program, step, 1);
            Assert.That(program.ScalarMetric("loss", 1), Is.EqualTo(before));
            Assert.That(program.ScalarMetric("loss", 0), Is.Not.EqualTo(before));
        }
    }

    [TestCase(Place.Host)]
    [TestCase(Place.Streams)]
    public void A_metric_is_read_by_name(Place place)
    {
        using var program = LinearProgram.Open(_folder.Path, place);
        Run(program, 0, 1);
        var expected = program.Batch("pixels").ToArray().Select(pixel => pixel / 255f);
        Assert.Multiple(() =>
        {
            Assert.That(program.Metric("embedding").ToArray(), Is.EqualTo(expected).Within(1e-6f));
            Assert.That(program.MetricShape("embedding"), Is.EqualTo(new[] { LinearProgram.Rows, LinearProgram.Columns }));
        });
    }

    [Test]
    public void Unknown_names_are_answered_with_the_nearest()
    {
        using var program = LinearProgram.Open(_folder.Path);
        Assert.Multiple(() =>
        {
            Assert.That(
                () => program.Batch("pixel").Length,
                Throws.TypeOf<KeyNotFoundException>().With.Message.EqualTo("The stage 'step' has no batch input 'pixel'. Did you mean 'pixels'?"));
            Assert.That(
                () => program.SetScalar("lerning_rate", 1),
                Throws.TypeOf<KeyNotFoundException>().With.Message.EndsWith("has no scalar input 'lerning_rate'. Did you mean 'learning_rate'?"));
            Assert.That(
                () => program.Metric("los").Length,
                Throws.TypeOf<KeyNotFoundException>().With.Message.EndsWith("has no metric 'los'. Did you mean 'loss'?"));
        });
    }

    [Test]
    public void Weights_of_another_program_are_refused_and_change_nothing()
    {
        using var program = LinearProgram.Open(_folder.Path);
        Run(program, 0, 2);
        var before = Bytes(program.Snapshot());
        var tensors = LinearProgram.Initial;
        Assert.Multiple(() =>
        {
            Assert.That(() => program.Restore([.. tensors.Skip(1)]), Fails("'w' is missing"));
            Assert.That(() => program.Restore([.. tensors, tensors[0] with { Name = "v" }]), Fails("'v' is unknown"));
            Assert.That(
                () => program.Restore([.. tensors.Skip(1), NamedTensor.FromFloats("w", [1, 3], [1, 2, 3])]),
                Fails("'w' is float32[1,3], expected float32[3,1]."));
            Assert.That(
                () => program.Restore([.. tensors.Skip(1), new NamedTensor("w", DType.Int32, [3, 1], new byte[12])]),
                Fails("'w' is int32[3,1], expected float32[3,1]."));
            Assert.That(Bytes(program.Snapshot()), Is.EqualTo(before));
        });
    }

    internal static NUnit.Framework.Constraints.IResolveConstraint Fails(string message) =>
        Throws.TypeOf<InvalidDataException>().With.Message.Contains(message);

    private static void Run(StepRunner program, long from, int steps)
    {
        for (var step = from; step < from + steps; step++)
        {
            LinearProgram.Fill(program, step);
            program.Step();
        }
    }

    private static byte[][] Bytes(IReadOnlyList<NamedTensor> tensors) => [.. tensors.Select(tensor => tensor.Data)];
}
