using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Trainer.State;

namespace Jem.Trainer.Tests.State;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Folder => Path.Combine(_folder.Path, "checkpoints");

    public void Dispose() => _folder.Dispose();

    [Test]
    public void What_was_saved_is_loaded()
    {
        var saved = Of(42);
        saved.Save(Folder);
        var loaded = Checkpoint.Latest(Folder)!;
        Assert.Multiple(() =>
        {
            Assert.That(loaded with { Tensors = saved.Tensors }, Is.EqualTo(saved));
            Assert.That(loaded.Tensors.Select(tensor => (tensor.Name, tensor.Type)), Is.EqualTo(new[] { ("w", DType.Float), ("queue_pointer", DType.Int64) }));
            Assert.That(loaded.Tensors.Select(tensor => tensor.Data), Is.EqualTo(saved.Tensors.Select(tensor => tensor.Data)));
        });
    }

    [Test]
    public void The_latest_is_the_one_of_most_steps()
    {
        foreach (var step in new long[] { 9, 100, 10, 123_456_789, 99_999_999 })
        {
            Of(step).Save(Folder);
        }

        Assert.That(Checkpoint.Latest(Folder)!.Step, Is.EqualTo(123_456_789));
    }

    [Test]
    public void Only_the_last_ones_are_kept()
    {
        foreach (var step in new[] { 1, 9, 10, 100 })
        {
            Of(step).Save(Folder);
        }

        Checkpoint.Prune(Folder, keep: 2);
        Assert.That(Directory.GetDirectories(Folder).Select(Path.GetFileName).Order(), Is.EqualTo(new[] { "step-00000010", "step-00000100" }));
    }

    [Test]
    public void Folders_that_are_not_whole_checkpoints_do_not_count()
    {
        Of(5).Save(Folder);
        Directory.CreateDirectory(Path.Combine(Folder, "step-00000009.partial"));
        Directory.CreateDirectory(Path.Combine(Folder, "step-copy"));
        Checkpoint.Prune(Folder, keep: 1);
        Assert.That(Checkpoint.Latest(Folder)!.Step, Is.EqualTo(5));
        Of(9).Save(Folder);
        Assert.That(Checkpoint.Latest(Folder)!.Step, Is.EqualTo(9));
        Assert.That(Path.Combine(Folder, "step-00000009.partial"), Does.Not.Exist);
    }

    [Test]
    public void Saving_a_step_again_replaces_it()
    {
        Of(5).Save(Folder);
        (Of(5) with { Tensors = [NamedTensor.FromFloats("w", [1], [7])] }).Save(Folder);
        Assert.That(Checkpoint.Latest(Folder)!.Tensors.Single().Floats[0], Is.EqualTo(7));
    }

    [Test]
    public void Without_checkpoints_there_is_no_latest() => Assert.That(Checkpoint.Latest(Folder), Is.Null);

    [TestCase("state.safetensors")]
    [TestCase("checkpoint.json")]
    public void A_broken_checkpoint_is_named(string file)
    {
        var path = Of(5).Save(Folder);
        File.WriteAllBytes(Path.Combine(path, file), File.ReadAllBytes(Path.Combine(path, file))[..^1]);
        Assert.That(() => Checkpoint.Latest(Folder), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"The checkpoint {path} is broken:"));
    }

    private static Checkpoint Of(long step) => new(
        step, 3, 17, [NamedTensor.FromFloats("w", [1, 1], [step]), new NamedTensor("queue_pointer", DType.Int64, [], BitConverter.GetBytes(step))]);
}
