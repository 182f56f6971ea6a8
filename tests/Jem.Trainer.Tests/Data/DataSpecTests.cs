using Jem.Trainer.Data;

namespace Jem.Trainer.Tests.Data;

public sealed class DataSpecTests
{
    [TestCase("fashion-mnist")]
    [TestCase("cifar10:some/dir")]
    [TestCase("folder:C:\\photos")]
    [TestCase("folder:photos?channels=1")]
    [TestCase("synthetic:shapes?n=100&seed=3")]
    public void A_specification_is_read_and_written_back(string text) =>
        Assert.That(DataSpec.Parse(text).ToString(), Is.EqualTo(text));

    [Test]
    public void Options_that_are_not_given_have_their_defaults()
    {
        var spec = DataSpec.Parse("synthetic:shapes?size=16");
        Assert.That((spec.Options["n"], spec.Options["size"], spec.Options["channels"]), Is.EqualTo((5000, 16, 3)));
    }

    [TestCase("fashon-mnist", "Unknown kind of data 'fashon-mnist'. Did you mean 'fashion-mnist'?")]
    [TestCase("cifar:x", "Did you mean 'cifar10:DIR'?")]
    [TestCase("synthetic:shape", "Unknown synthetic data 'shape'. Did you mean 'synthetic:shapes'?")]
    [TestCase("synthetic:shapes?sise=32", "Unknown option 'sise' of synthetic. Did you mean 'size'? There are n, size, channels, seed.")]
    [TestCase("idx:x?n=3", "Data of kind 'idx' have no options; 'n=3' is not known.")]
    public void An_unknown_name_is_answered_with_the_nearest_one(string text, string message) =>
        Assert.That(() => DataSpec.Parse(text), Throws.ArgumentException.With.Message.Contains(message));

    [TestCase("synthetic:shapes?n=many")]
    [TestCase("synthetic:shapes?n=1")]
    [TestCase("synthetic:shapes?n")]
    public void A_value_out_of_range_is_told_the_range(string text) =>
        Assert.That(() => DataSpec.Parse(text), Throws.ArgumentException.With.Message.Contains("needs a whole number from 5 to 10000000"));

    [TestCase("cifar10", "Data 'cifar10' lack something after the colon: write cifar10:DIR")]
    [TestCase("folder:", "write folder:DIR")]
    [TestCase("fashion-mnist:dir", "Data 'fashion-mnist:dir' take nothing after a colon: write fashion-mnist")]
    [TestCase("./photos", "For a folder of images write folder:./photos")]
    public void A_missing_or_needless_folder_is_answered_with_the_usage(string text, string message) =>
        Assert.That(() => DataSpec.Parse(text), Throws.ArgumentException.With.Message.Contains(message));

    [TestCase("cifar10")]
    [TestCase("idx")]
    [TestCase("folder")]
    public void A_missing_folder_is_named(string kind) =>
        Assert.That(
            () => DataSets.Open($"{kind}:no/such/folder", DataSplit.Test),
            Throws.TypeOf<DataException>().With.Message.StartsWith($"There is no folder 'no/such/folder' for {kind} data."));
}
