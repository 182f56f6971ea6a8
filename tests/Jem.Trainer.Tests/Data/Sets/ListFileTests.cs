using Jem.Trainer.Data;
using NetVips;

namespace Jem.Trainer.Tests.Data.Sets;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ListFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ListFileTests()
    {
        using var image = Image.Black(4, 4, bands: 3);
        foreach (var name in (string[])["a.png", "sub/b.png", "c, d.png", "e.png"])
        {
            image.WriteToFile(_folder.At(name.Split('/')));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Paths_start_at_the_list_and_empty_lines_and_comments_are_skipped()
    {
        var set = Open($"# photographs\n\n  a.png \nsub/b.png\r\n{_folder.At("e.png")}\nc, d.png\n");
        Assert.That(Enumerable.Range(0, set.Count).Select(set.Name), Is.EqualTo(new[] { "a.png", "sub/b.png", _folder.At("e.png"), "c, d.png" }));
        Assert.That((set.Labels, set.Image(3).Width, set.Provenance), Is.EqualTo(((int[]?)null, 4, "4 images without labels from the list train.txt")));
    }

    [TestCase("a.png\tcat\nsub/b.png\tdog, small\nc, d.png\tcat", new[] { "cat", "dog, small" }, new[] { 0, 1, 0 })]
    [TestCase("a.png,dog\nsub/b.png , cat\nc, d.png,dog", new[] { "cat", "dog" }, new[] { 1, 0, 1 })]
    [TestCase("a.png,10\nsub/b.png,2", new[] { "2", "10" }, new[] { 1, 0 })]
    public void A_tab_or_a_comma_ends_the_path_and_the_class_follows(string text, string[] names, int[] labels)
    {
        var set = Open(text);
        Assert.That(set.ClassNames, Is.EqualTo(names));
        Assert.That(set.Labels, Is.EqualTo(labels));
    }

    [Test]
    public void The_list_beside_it_with_test_or_val_in_its_name_is_the_test_split()
    {
        Write("my-train-1.csv", "a.png,cat\nsub/b.png,dog");
        var spec = $"list:{_folder.At("my-train-1.csv")}";
        Assert.That(
            () => DataSets.Open(spec, DataSplit.Test),
            Throws.TypeOf<DataException>().With.Message.EndsWith(
                "has no test split: a list called train.txt has its test split in test.txt or val.txt beside it, photos-train.csv in photos-test.csv."));
        Write("my-val-1.csv", "e.png,dog");
        var test = DataSets.Open(spec, DataSplit.Test);
        Assert.That((test.ClassNames[test.Labels![0]], test.Labels[0], test.Count), Is.EqualTo(("dog", 1, 1)));
        Write("my-val-1.csv", "a.png,dog\n\ne.png,cow");
        Assert.That(
            () => DataSets.Open(spec, DataSplit.Test),
            Throws.TypeOf<DataException>().With.Message.Match(
                "my-val-1\\.csv' has the class 'cow' on line 3, which the train split does not have \\(cat, dog\\)\\.$"));
        Write("photos.txt", "a.png");
        Assert.That(DataSets.HasSplit(DataSpec.Parse($"list:{_folder.At("photos.txt")}"), DataSplit.Test), Is.False);
    }

    [TestCase("", "^The list '.*train\\.txt' names no images\\. Write one path per line")]
    [TestCase("# only\n", "names no images")]
    [TestCase(
        "a.png\tcat\n\nsub/b.png", "has no label on line 3, but line 1 has 'cat'\\. Label every image or none: the path, a tab or a comma, the class\\.$")]
    [TestCase("a.png\nsub/b.png,cat", "has the label 'cat' on line 2, but line 1 has none\\.")]
    [TestCase("a.png,cat\n./a.png,cat\na.png,dog", "has a\\.png in two classes: 'cat' on line 1 and 'dog' on line 3\\.$")]
    [TestCase("path,label\na.png,cat", "has the label 'cat' on line 2, but line 1 has none")]
    [TestCase("a.png\nmissing.png", "1 of 2 images cannot be read, more than 5 %: missing\\.png \\(There is no such file\\)\\.")]
    public void What_is_wrong_with_a_list_is_told(string text, string message) =>
        Assert.That(() => Open(text), Throws.TypeOf<DataException>().With.Message.Match(message));

    [Test]
    public void A_missing_list_and_a_folder_are_told_apart()
    {
        Assert.That(
            () => DataSets.Open("list:no/such.txt", DataSplit.Test),
            Throws.TypeOf<DataException>().With.Message.Match("^There is no list 'no/such\\.txt'\\. Check the path; it is taken from '.*'\\.$"));
        Assert.That(
            () => DataSets.Open($"list:{_folder.Path}", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.Match(
                "' is a folder; a list is a text file with a path per line\\. For the images in it write folder:"));
    }

    [Test]
    public void A_few_missing_files_are_skipped_as_other_bad_images_are()
    {
        var set = Open(string.Concat(Enumerable.Repeat("a.png\n", 30)) + "missing.png");
        Assert.That((set.Count, set.Skipped.Single()), Is.EqualTo((30, new BadImage("missing.png", "There is no such file."))));
    }

    [Test]
    public void The_labels_are_part_of_the_fingerprint() =>
        Assert.That(Open("a.png,cat\nsub/b.png,dog").Fingerprint, Is.Not.EqualTo(Open("a.png,dog\nsub/b.png,cat").Fingerprint));

    private IImageSet Open(string text)
    {
        Write("train.txt", text);
        return DataSets.Open($"list:{_folder.At("train.txt")}", DataSplit.Train);
    }

    private void Write(string name, string text) => File.WriteAllText(_folder.At(name), text);
}
