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

    [TestCase("path\tlabel\na.png\tcat\nsub/b.png\tdog", TestName = "Header with tabs")]
    [TestCase("filename,class\na.png,cat\nsub/b.png,dog", TestName = "Header with commas")]
    [TestCase("Image Name;Class ID\na.png;cat\nsub/b.png;dog", TestName = "Header with semicolons")]
    [TestCase("u,v\na.png,cat\nsub/b.png,dog", TestName = "Header of two columns of any name")]
    [TestCase("label,path\ncat,a.png\ndog,sub/b.png", TestName = "The class first")]
    [TestCase("path,x,label\na.png,1,cat\nsub/b.png,2,dog", TestName = "Columns by name")]
    [TestCase("a.png cat\nsub/b.png   dog", TestName = "Spaces")]
    [TestCase("a.png;cat\nsub/b.png; dog", TestName = "Semicolons")]
    [TestCase("\"a.png\",\"cat\"\n\"sub/b.png\",dog", TestName = "Quotes and commas")]
    [TestCase("\"a.png\"\tcat\nsub/b.png\t\"dog\"", TestName = "Quotes and tabs")]
    [TestCase("\"a.png\" cat\n\"sub/b.png\" dog", TestName = "Quotes and spaces")]
    [TestCase("a.png\tcat\nsub\\b.png\tdog", TestName = "Backslashes")]
    [TestCase("\uFEFFpath,label\r\na.png,cat\r\nsub/b.png,dog\r\n", TestName = "A byte order mark and Windows' ends of lines")]
    public void Usual_ways_to_write_a_list_are_read(string text)
    {
        var set = Open(text);
        Assert.That(set.Labels!.Select(label => set.ClassNames[label]), Is.EqualTo(new[] { "cat", "dog" }));
        Assert.That(set.ClassNames, Has.Count.EqualTo(2), "no class without images");
    }

    [Test]
    public void A_name_may_hold_blanks_quotes_and_hashes()
    {
        File.Copy(_folder.At("a.png"), _folder.At("#1, my \"cat\".png"));
        Assert.That(Open("# a comment, too\n#1, my \"cat\".png\na.png\n").Name(0), Is.EqualTo("#1, my \"cat\".png"));
        Assert.That(Open("\"#1, my \"\"cat\"\".png\",a cat\na.png,a dog\n").ClassNames, Is.EqualTo(new[] { "a cat", "a dog" }));
    }

    [TestCase("Ka\u0308se", "K\u00E4se")]
    [TestCase("K\u00E4se", "Ka\u0308se")]
    public void A_name_in_another_Unicode_form_than_the_disk_is_found(string disk, string list)
    {
        File.Copy(_folder.At("a.png"), _folder.At(disk, $"{disk}.png"));
        Assert.That(Open($"{list}/{list}.png").Skipped, Is.Empty);
        Assume.That(OperatingSystem.IsLinux(), "other systems find the folder anyway");
        Assert.That(
            () => DataSets.Open($"folder:{_folder.At(list)}", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.EndsWith(
                $"There is '{_folder.At(disk)}', whose letters are composed in another way (Unicode NFC and NFD): copy that name."));
    }

    [TestCase("Train.TXT", "Validation.txt")]
    [TestCase("training.csv", "testing.csv")]
    [TestCase("trainval.txt", "test.txt")]
    [TestCase("photos_train.csv", "photos_dev.csv")]
    public void Lists_are_split_by_any_usual_name(string train, string test)
    {
        Write(train, "a.png");
        Write(test, "e.png");
        Assert.That(DataSets.Open($"list:{_folder.At(train)}", DataSplit.Test).Name(0), Is.EqualTo("e.png"));
    }

    [Test]
    public void A_test_list_that_is_not_used_is_said()
    {
        Write("test.txt", "a.png");
        Write("val.txt", "e.png");
        var told = new List<string>();
        Write("train.txt", "c, d.png");
        DataSets.Open($"list:{_folder.At("train.txt")}", DataSplit.Train, new DataOpening { Warn = told.Add });
        Assert.That(told, Is.EqualTo(new[] { $"{_folder.At("train.txt")}: the test split is test.txt; not used: val.txt." }));
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
    [TestCase("a.png,cat,1,2\nsub/b.png,dog,3,4", "has several values behind the path, 'cat', '1', '2'; expected one class\\..* \\(line 1\\)\\.$")]
    [TestCase("a.png 0 0\nsub/b.png 1 0", "has several values behind the path, '0', '0'; expected one class")]
    [TestCase(
        "image,width,height\na.png,4,4",
        "names the columns image, width, height: call that of the paths 'path' and that of the classes 'label' \\(line 1\\)")]
    [TestCase("path,x,label\na.png,1,cat\nsub/b.png,dog", "has 2 columns, but the first line has 3 \\(line 3\\)\\.$")]
    [TestCase(
        "no/1.png\nno/2.png",
        "^None of the 2 files that '.*' names is there: line 1 names 'no/1\\.png', looked for as '/.*no/1\\.png'\\. Paths start")]
    [TestCase("id,label\na,cat\ne,dog", "line 2 names 'a', looked for as '.*'\\. 'a\\.png' is there: write the names with their endings\\.$")]
    [TestCase("C:\\pictures\\a.png\tcat", "It is a path of Windows: write paths from the list's folder\\.$")]
    [TestCase("d\uFFFD.png", "The list, or the file's name, is not UTF-8: save the list as UTF-8\\.$")]
    [TestCase("\0\u0001", "is no text in UTF-8; a list is a text file with a path per line")]
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
