using Jem.Trainer.Data;

namespace Jem.Trainer.Tests.Data;

public sealed class DataSpecTests
{
    [TestCase("fashion-mnist")]
    [TestCase("cifar10:some/dir")]
    [TestCase("folder:C:\\photos")]
    [TestCase("folder:photos?channels=1")]
    [TestCase("synthetic:shapes?n=100&seed=3")]
    [TestCase("cifar100:some/dir")]
    [TestCase("list:photos-train.csv?channels=1")]
    [TestCase("folder:photos?classes=0")]
    [TestCase("mix:0.7*folder:a+0.3*cifar10:b")]
    [TestCase("mix:2*folder:a+b*c?channels=1+1E-05*fashion-mnist+3*synthetic:shapes?n=10&size=16")]
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
    [TestCase("cifar100")]
    [TestCase("idx")]
    [TestCase("folder")]
    public void A_missing_folder_is_named(string kind) =>
        Assert.That(
            () => DataSets.Open($"{kind}:no/such/folder", DataSplit.Test),
            Throws.TypeOf<DataException>().With.Message.StartsWith($"There is no folder 'no/such/folder' for {kind} data."));

    [TestCase("what?", "folder:{0}/what?", "{0}/what?", 3)]
    [TestCase("what?", "folder:{0}/what??channels=1", "{0}/what?", 1)]
    [TestCase("a?b=c", "folder:{0}/a?b=c", "{0}/a?b=c", 3)]
    [TestCase("a?channels=1", "folder:{0}/a?channels=1?classes=1", "{0}/a?channels=1", 3)]
    [TestCase("a", "folder:{0}/a?channels=1", "{0}/a", 1)]
    [TestCase("none", "folder:{0}/gone?", "{0}/gone?", 3)]
    [Platform(Exclude = "Win")]
    public void A_name_may_hold_question_marks(string folder, string text, string argument, int channels)
    {
        using var place = new TemporaryFolder();
        Directory.CreateDirectory(place.At(folder));
        var spec = DataSpec.Parse(string.Format(text, place.Path));
        Assert.That((spec.Argument, spec.Options["channels"]), Is.EqualTo((string.Format(argument, place.Path), channels)));
        var mixture = DataSpec.Parse($"mix:0.5*{string.Format(text, place.Path)}+0.5*fashion-mnist");
        Assert.That(mixture.Parts[0].Spec.Argument, Is.EqualTo(spec.Argument));
        Directory.Delete(place.At(folder));
        Assert.That(DataSpec.Parse(spec.ToString()).Argument, Is.EqualTo(spec.Argument), "read back wherever it is");
        Assert.That(DataSpec.Parse(mixture.ToString()).Parts[0].Spec.Argument, Is.EqualTo(spec.Argument));
    }

    [Test]
    public void A_mixture_is_cut_only_before_a_weight_and_a_kind()
    {
        var parts = DataSpec.Parse("mix:.5*folder:a+3*b/x+y + 1.5*list:c.txt+2*fashion-mnist").Parts;
        Assert.That(
            parts.Select(part => (part.Weight, $"{part.Spec}")),
            Is.EqualTo(new[] { (0.5, "folder:a+3*b/x+y"), (1.5, "list:c.txt"), (2, "fashion-mnist") }));
    }

    [TestCase("mix:folder:a+0.5*folder:b", "The part 'folder:a' of the mixture does not begin with a weight above 0 and a star: write it as 0.5*folder:a")]
    [TestCase("mix:0*folder:a+1*folder:b", "The part '0*folder:a' of the mixture does not begin with a weight above 0 and a star: write it as 0.5*folder:a")]
    [TestCase("mix:1*folder:a", "The mixture '1*folder:a' has one part; expected two or more, such as mix:0.7*folder:a+0.3*cifar10:b")]
    [TestCase("mix:1*foldr:a+1*folder:b", "Unknown kind of data 'foldr'. Did you mean 'folder:DIR'?")]
    [TestCase("mix:1*mix:a+1*folder:b", "The part '1*mix:a' of the mixture is a mixture itself")]
    [TestCase("mix", "Data 'mix' lack something after the colon: write mix:W*SPEC+W*SPEC")]
    public void A_mixture_that_is_written_wrongly_is_told_where(string text, string message) =>
        Assert.That(() => DataSpec.Parse(text), Throws.ArgumentException.With.Message.Contains(message));
}
