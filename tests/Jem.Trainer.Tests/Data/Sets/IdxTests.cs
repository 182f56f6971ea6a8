using System.IO.Compression;
using Jem.Trainer.Data;

namespace Jem.Trainer.Tests.Data.Sets;

[NonParallelizable]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class IdxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Grey_images_and_labels_are_read_plain_and_compressed()
    {
        Write("train-images-idx3-ubyte.gz", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, .. Numbers(12)]);
        Write("train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 4, 1]);
        var set = DataSets.Open($"idx:{_folder.Path}", DataSplit.Train);
        var image = set.Image(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((set.Count, image.Channels, image.Height, image.Width), Is.EqualTo((2, 1, 2, 3)));
            Assert.That(image.Pixels.ToArray(), Is.EqualTo(new byte[] { 6, 7, 8, 9, 10, 11 }));
            Assert.That(set.Labels!.Select(label => set.ClassNames[label]), Is.EqualTo(new[] { "4", "1" }));
            Assert.That(set.ClassNames, Is.EqualTo(new[] { "1", "4" }), "no class without images");
        }
    }

    [TestCase("emnist-letters-train-images-idx3-ubyte.gz", "emnist-letters-test-images-idx3-ubyte.gz")]
    [TestCase("kmnist.train-images.idx3-ubyte", "kmnist.t10k-images.idx3-ubyte")]
    [TestCase("Train_Images_idx3-ubyte", "Test_Images_idx3-ubyte")]
    [TestCase("training-images-idx3-ubyte", "validation-images-idx3-ubyte")]
    public void Files_are_found_by_any_usual_name_and_labels_may_begin_at_1(string train, string test)
    {
        Write(train, Images(3));
        Write(Labels(train), [0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 26]);
        Write(test, Images(1));
        Write(Labels(test), [0, 0, 8, 1, 0, 0, 0, 1, 26]);
        var sets = new[] { DataSplit.Train, DataSplit.Test }.Select(split => DataSets.Open($"idx:{_folder.Path}", split)).ToList();
        Assert.That(sets.Select(set => string.Join(' ', set.ClassNames)), Is.All.EqualTo("1 2 26"));
        Assert.That(sets.Select(set => set.Labels), Is.EqualTo(new[] { new[] { 0, 1, 2 }, [2] }));
        Write(Labels(test), [0, 0, 8, 1, 0, 0, 0, 1, 3]);
        Assert.That(
            () => DataSets.Open($"idx:{_folder.Path}", DataSplit.Test),
            Throws.TypeOf<DataException>().With.Message.EndsWith("' has the label 3; the train split has 1, 2, 26."));
        static string Labels(string images) => images.Replace("images", "labels").Replace("Images", "labels").Replace("idx3", "idx1");
    }

    [Test]
    public void Several_sets_in_a_folder_are_told_apart_by_what_their_names_begin_with()
    {
        Write("emnist-digits-train-images-idx3-ubyte", Images(2));
        Write("emnist-letters-train-images-idx3-ubyte", Images(3));
        Assert.That(
            () => DataSets.Open($"idx:{_folder.Path}", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.EndsWith(
                $"holds several IDX sets: emnist-digits, emnist-letters. Name one by what its files begin with, such as idx:{_folder.At("emnist-digits")}"));
        Assert.That(DataSets.Open($"idx:{_folder.At("emnist-letters")}", DataSplit.Train).Count, Is.EqualTo(3));
        Write("train-images-idx3-ubyte", Images(1));
        Assert.That(DataSets.Open($"idx:{_folder.Path}", DataSplit.Train).Count, Is.EqualTo(1), "what is called as MNIST's");
    }

    [TestCase(
        "train-images-idx3-ubyte",
        new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 0x7F, 0, 0, 0, 0, 0, 0, 1, 9 },
        "claims \\[1,2130706432,1\\] values, .* and holds 1: it is")]
    [TestCase(
        "train-images-idx3-ubyte.gz",
        new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 0x7F, 0, 0, 0, 0, 0, 0, 1, 9 },
        "claims .*, more than its .* bytes can be unpacked to")]
    [TestCase(
        "train-images-idx4-ubyte",
        new byte[] { 0, 0, 8, 4, 127, 0, 0, 0, 127, 0, 0, 0, 127, 0, 0, 0, 127, 0, 0, 0 },
        "claims ")]
    [TestCase(
        "train-images-idx3-ubyte",
        new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9 },
        "claims .* 1 bytes, and holds 2: it is broken or cut short")]
    [TestCase(
        "train-images-idx3-ubyte.gz",
        new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9 },
        "holds more than the 1 entries that it claims")]
    public void A_file_that_claims_more_or_less_than_it_holds_is_refused_before_memory_is_taken(string name, byte[] content, string message)
    {
        Write(name, content);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.That(() => DataSets.Open($"idx:{_folder.Path}", DataSplit.Train), Throws.TypeOf<DataException>().With.Message.Match(message));
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(50_000_000));
    }

    [Test]
    public void The_content_says_whether_a_file_is_compressed()
    {
        Write("packed.gz", Images(2));
        File.Move(_folder.At("packed.gz"), _folder.At("train-images-idx3-ubyte"));
        Assert.That(DataSets.Open($"idx:{_folder.Path}", DataSplit.Train).Count, Is.EqualTo(2));
    }

    [Test]
    public void Four_dimensions_are_images_of_many_channels_and_labels_may_be_missing()
    {
        Write("train-images-idx4-ubyte", [0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 2, .. Numbers(20)]);
        var set = DataSets.Open($"idx:{_folder.Path}", DataSplit.Train);
        Assert.That((set.Channels, set.Labels, set.Image(0).Plane(4)[0]), Is.EqualTo((5, (int[]?)null, (byte)16)));
    }

    [Test]
    public void A_split_without_files_is_said_to_be_missing()
    {
        Write("train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9]);
        Assert.That(
            () => DataSets.Open($"idx:{_folder.Path}", DataSplit.Test),
            Throws.TypeOf<DataException>().With.Message.Contains("has no test split: it needs t10k-images-idx3-ubyte"));
    }

    [TestCase(new byte[] { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5 }, "cut short")]
    [TestCase(new byte[] { 0, 0, 13, 3, 0, 0, 0, 2 }, "is not an IDX file of bytes: it starts with 00000D03")]
    [TestCase(new byte[] { 0, 0 }, "cut short")]
    [TestCase(new byte[] { 0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7 }, "has 2 dimensions; images have 3")]
    [TestCase(new byte[] { 0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2 }, "is empty: it has 0 entries")]
    public void A_broken_file_is_named(byte[] content, string message)
    {
        Write("train-images-idx3-ubyte", content);
        Assert.That(
            () => DataSets.Open($"idx:{_folder.Path}", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.Contains(message).And.Message.Contains("train-images-idx3-ubyte"));
    }

    [Test]
    public void Missing_Fashion_MNIST_says_how_to_install_it_and_a_variable_may_name_its_folder()
    {
        var before = Environment.GetEnvironmentVariable("JEM_FASHION_MNIST");
        try
        {
            Environment.SetEnvironmentVariable("JEM_FASHION_MNIST", Path.Combine(_folder.Path, "nowhere"));
            Assert.That(
                () => DataSets.Open("fashion-mnist", DataSplit.Train),
                Throws.TypeOf<DataException>().With.Message.Contains("nowhere").And.Message.Contains("apt-get install dataset-fashion-mnist"));

            Write("t10k-images-idx3-ubyte.gz", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9]);
            Write("t10k-labels-idx1-ubyte.gz", [0, 0, 8, 1, 0, 0, 0, 1, 9]);
            Environment.SetEnvironmentVariable("JEM_FASHION_MNIST", _folder.Path);
            var set = DataSets.Open("fashion-mnist", DataSplit.Test);
            Assert.That(set.ClassNames[set.Labels![0]], Is.EqualTo("Ankle boot"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("JEM_FASHION_MNIST", before);
        }
    }

    private static byte[] Images(byte count) => [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 2, .. Numbers(4 * count)];

    private static IEnumerable<byte> Numbers(int count) => Enumerable.Range(0, count).Select(i => (byte)i);

    private void Write(string name, byte[] content)
    {
        using Stream file = File.Create(_folder.At(name));
        using var stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(content);
    }
}
