using Jem.Trainer.Data;

namespace Jem.Trainer.Tests.Data.Sets;

public sealed class Cifar10Tests
{
    [Test]
    public void All_batches_are_read_in_their_order_with_the_names_of_the_classes()
    {
        using var folder = new TemporaryFolder();
        foreach (var batch in (int[])[1, 2, 10])
        {
            File.WriteAllBytes(folder.At($"data_batch_{batch}.bin"), [1, .. Enumerable.Repeat((byte)batch, 3072)]);
        }

        File.WriteAllText(folder.At("batches.meta.txt"), "plane\ncar\n\n");
        var set = DataSets.Open($"cifar10:{folder.Path}", DataSplit.Train);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Enumerable.Range(0, set.Count).Select(i => (int)set.Image(i).Plane(2)[1023]), Is.EqualTo(new[] { 1, 2, 10 }));
            Assert.That(set.ClassNames[set.Labels![2]], Is.EqualTo("car"));
            Assert.That(() => DataSets.Open($"cifar10:{folder.Path}", DataSplit.Test), Throws.TypeOf<DataException>().With.Message.Contains("holds no test_batch.bin"));
        }
    }

    [Test]
    public void A_batch_of_another_length_or_label_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.At("data_batch_1.bin"), new byte[3000]);
        Assert.That(() => DataSets.Open($"cifar10:{folder.Path}", DataSplit.Train), Throws.TypeOf<DataException>().With.Message.Contains("data_batch_1.bin' has 3000 bytes"));
        File.WriteAllBytes(folder.At("data_batch_1.bin"), [77, .. new byte[3072]]);
        Assert.That(() => DataSets.Open($"cifar10:{folder.Path}", DataSplit.Train), Throws.TypeOf<DataException>().With.Message.Contains("has the label 77; there are 10 classes"));
    }
}
