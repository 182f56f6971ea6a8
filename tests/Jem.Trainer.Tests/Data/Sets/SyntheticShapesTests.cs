using Jem.Trainer.Data;

namespace Jem.Trainer.Tests.Data.Sets;

public sealed class SyntheticShapesTests
{
    [Test]
    public void The_options_shape_the_set()
    {
        var train = DataSets.Open("synthetic:shapes?n=40&size=16&channels=1", DataSplit.Train);
        var test = DataSets.Open("synthetic:shapes?n=40", DataSplit.Test);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((train.Count, train.Channels, train.Image(0).Width), Is.EqualTo((40, 1, 16)));
            Assert.That((test.Count, test.Channels, test.Image(7).Height), Is.EqualTo((8, 3, 32)));
            Assert.That(train.Labels!.CountBy(label => label).Select(pair => pair.Value), Is.All.EqualTo(5));
            Assert.That(train.ClassNames, Has.Count.EqualTo(8).And.Contains("triangle"));
        }
    }

    [Test]
    public void Images_are_the_same_every_time_and_differ_by_seed_and_split()
    {
        static byte[] First(string spec, DataSplit split) => DataSets.Open(spec, split).Image(3).Pixels.ToArray();
        var image = First("synthetic:shapes?n=20", DataSplit.Train);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(First("synthetic:shapes?n=2000", DataSplit.Train), Is.EqualTo(image));
            Assert.That(First("synthetic:shapes?n=20", DataSplit.Test), Is.Not.EqualTo(image));
            Assert.That(First("synthetic:shapes?n=20&seed=1", DataSplit.Train), Is.Not.EqualTo(image));
        }
    }

    [Test]
    public void The_fingerprint_follows_the_options() =>
        Assert.That(
            new[] { "n=20", "n=25", "n=20&seed=1", "n=20&size=16" }
                .Select(options => DataSets.Open($"synthetic:shapes?{options}", DataSplit.Train).Fingerprint),
            Is.Unique);

    [Test]
    public void Two_channels_are_refused() =>
        Assert.That(
            () => DataSets.Open("synthetic:shapes?channels=2", DataSplit.Train),
            Throws.ArgumentException.With.Message.Contains("has 1 or 3 channels; got channels=2"));
}
