using Jem.Graphs.Export;
using Jem.Trainer.State;

namespace Jem.Trainer.Tests.State;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly CheckpointFolder _folder;

    public CheckpointFolderTests() => _folder = new CheckpointFolder(Path.Combine(_temporary.Path, "checkpoints"));

    public void Dispose() => _temporary.Dispose();

    [Test]
    public void The_latest_is_the_one_of_most_steps()
    {
        Save(keep: 9, 9, 100, 10, 123_456_789, 99_999_999);
        Assert.That(_folder.Latest()!.Step, Is.EqualTo(123_456_789));
    }

    [Test]
    public void Only_the_newest_are_kept()
    {
        Save(keep: 2, 1, 9, 10, 100);
        Assert.That(_folder.Steps, Is.EqualTo(new[] { 10, 100 }));
    }

    [Test]
    public void The_best_is_kept_besides()
    {
        Save(keep: 1, 1);
        foreach (var step in new[] { 2, 3, 4 })
        {
            _folder.Save(CheckpointTests.Of(step, new KnnRecord(BestStep: 2, 0.5)), keep: 1);
        }

        Assert.That(_folder.Steps, Is.EqualTo(new[] { 2, 4 }));
        Assert.That(_folder.Best()!.Step, Is.EqualTo(2));
    }

    [Test]
    public void Without_checks_there_is_no_best()
    {
        Save(keep: 1, 1);
        Assert.That(_folder.Best(), Is.Null);
    }

    [Test]
    public void Files_that_are_not_whole_checkpoints_do_not_count()
    {
        Save(keep: 1, 5);
        File.WriteAllText(_folder.FileOf(9) + ".partial", "half");
        File.WriteAllText(Path.Combine(_folder.Path, "step-copy.safetensors"), "");
        Assert.That(_folder.Latest()!.Step, Is.EqualTo(5));
        _folder.DeleteLeftovers();
        Assert.That(_folder.FileOf(9) + ".partial", Does.Not.Exist);
        Assert.That(Path.Combine(_folder.Path, "step-copy.safetensors"), Does.Exist);
    }

    [Test]
    public void Saving_a_step_again_replaces_it()
    {
        Save(keep: 1, 5);
        _folder.Save(CheckpointTests.Of(5) with { Tensors = [NamedTensor.FromFloats("w", [1], [7])] }, keep: 1);
        Assert.That(_folder.Latest()!.Tensors.Single().Floats[0], Is.EqualTo(7));
    }

    [Test]
    public void Without_a_folder_there_is_no_checkpoint() => Assert.That(_folder.Latest(), Is.Null);

    private void Save(int keep, params long[] steps)
    {
        foreach (var step in steps)
        {
            _folder.Save(CheckpointTests.Of(step, new KnnRecord()), keep);
        }
    }
}
