using Jem.Trainer.Data;

namespace Jem.Trainer.Tests.Data.Sets;

public sealed class CifarTests
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
            Assert.That(
                () => DataSets.Open($"cifar10:{folder.Path}", DataSplit.Test),
                Throws.TypeOf<DataException>().With.Message.Contains("holds no test_batch.bin"));
        }
    }

    [Test]
    public void A_batch_of_another_length_or_label_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.At("data_batch_1.bin"), new byte[3000]);
        Assert.That(
            () => DataSets.Open($"cifar10:{folder.Path}", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.Contains("data_batch_1.bin' has 3000 bytes"));
        File.WriteAllBytes(folder.At("data_batch_1.bin"), [77, .. new byte[3072]]);
        Assert.That(
            () => DataSets.Open($"cifar10:{folder.Path}", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.Contains("has the label 77; there are 10 classes"));
    }

    [Test]
    public void Of_a_hundred_classes_the_fine_labels_count()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.At("train.bin"), [7, 2, .. Enumerable.Repeat((byte)5, 3072), 1, 0, .. Enumerable.Repeat((byte)6, 3072)]);
        File.WriteAllBytes(folder.At("test.bin"), [0, 1, .. new byte[3072]]);
        File.WriteAllText(folder.At("fine_label_names.txt"), "apple\nbear\ncloud\n");
        File.WriteAllText(folder.At("coarse_label_names.txt"), "fruit\n");
        var (train, test) = (DataSets.Open($"cifar100:{folder.Path}", DataSplit.Train), DataSets.Open($"cifar100:{folder.Path}", DataSplit.Test));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(train.Labels!.Select(label => train.ClassNames[label]), Is.EqualTo(new[] { "cloud", "apple" }));
            Assert.That((train.Image(1).Plane(0)[0], train.Image(1).Width, test.ClassNames[test.Labels![0]]), Is.EqualTo((6, 32, "bear")));
        }

        File.Delete(folder.At("fine_label_names.txt"));
        Assert.That(DataSets.Open($"cifar100:{folder.Path}", DataSplit.Train).ClassNames, Has.Count.EqualTo(100).And.Member("99"));
        File.Delete(folder.At("test.bin"));
        Assert.That(
            () => DataSets.Open($"cifar100:{folder.Path}", DataSplit.Test),
            Throws.TypeOf<DataException>().With.Message.Match("holds no test\\.bin\\. Unpack CIFAR-100's binary version \\(cifar-100-binary\\.tar\\.gz\\)"));
        File.WriteAllBytes(folder.At("train.bin"), new byte[3073]);
        Assert.That(
            () => DataSets.Open($"cifar100:{folder.Path}", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.Contains("has 3073 bytes; CIFAR-100's binary version has a multiple of 3074"));
    }
}
