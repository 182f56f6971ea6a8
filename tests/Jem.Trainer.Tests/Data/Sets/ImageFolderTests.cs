using System.Runtime.Versioning;
using Jem.Trainer.Data;
using NetVips;

namespace Jem.Trainer.Tests.Data.Sets;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Spec => $"folder:{_folder.Path}";

    public void Dispose() => _folder.Dispose();

    [TestCase("png")]
    [TestCase("jpg[Q=100]")]
    [TestCase("webp[lossless=true]")]
    [TestCase("tiff")]
    [TestCase("gif")]
    public void Every_format_is_decoded_into_planes(string format)
    {
        using (var image = Flat(7, 5, 200, 100, 30))
        {
            image.WriteToFile(_folder.At($"image.{format}"));
        }

        var decoded = DataSets.Open(Spec, DataSplit.Train).Image(0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((decoded.Channels, decoded.Height, decoded.Width), Is.EqualTo((3, 5, 7)));
            Assert.That((int)decoded.Plane(0)[34], Is.EqualTo(200).Within(3));
            Assert.That((int)decoded.Plane(1)[0], Is.EqualTo(100).Within(3));
            Assert.That((int)decoded.Plane(2)[17], Is.EqualTo(30).Within(3));
        }
    }

    [Test]
    public void A_bitmap_is_read_from_its_last_row()
    {
        // 2×2, 24 bits: each row is padded to 8 bytes, blue first.
        byte[] header = [(byte)'B', (byte)'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, .. new byte[24]];
        File.WriteAllBytes(_folder.At("image.bmp"), [.. header, 1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0]);
        var decoded = DataSets.Open(Spec, DataSplit.Train).Image(0);
        Assert.That(decoded.Pixels.ToArray(), Is.EqualTo(new byte[] { 9, 12, 3, 6, 8, 11, 2, 5, 7, 10, 1, 4 }));
    }

    [Test]
    public void Turned_transparent_deep_and_printing_colours_become_plain_ones()
    {
        using (Image turned = Flat(7, 5, 9, 9, 9), upright = turned.Mutate(image => image.Set(GValue.GIntType, "orientation", 6)))
        {
            upright.WriteToFile(_folder.At("a.jpg"));
        }

        using (Image colour = Flat(4, 4, 0, 0, 0), clear = colour.Bandjoin(0))
        {
            clear.WriteToFile(_folder.At("b.png"));
        }

        using (Image dark = Image.Black(4, 4), deep = (dark + 51400).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Grey16))
        {
            deep.WriteToFile(_folder.At("c.png"));
        }

        using (Image dark = Image.Black(4, 4, bands: 4), ink = dark.Copy(interpretation: Enums.Interpretation.Cmyk))
        {
            ink.WriteToFile(_folder.At("d.jpg"));
        }

        var set = DataSets.Open(Spec, DataSplit.Train);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((set.Image(0).Width, set.Image(0).Height), Is.EqualTo((5, 7)), "EXIF orientation");
            Assert.That(set.Image(1).Plane(1)[0], Is.EqualTo(255), "transparent on white");
            Assert.That(set.Image(2).Plane(2)[0], Is.EqualTo(200), "16 bits");
            Assert.That(set.Image(3).Plane(0)[0], Is.GreaterThan(250), "no ink is white");
        }
    }

    [Test]
    public void Sub_folders_are_classes_and_test_has_the_classes_of_train()
    {
        Save("train/cat/1.png", "train/cat/deep/2.png", "train/dog/1.png", "train/empty.txt", "val/dog/3.png");
        var (train, test) = (DataSets.Open(Spec, DataSplit.Train), DataSets.Open(Spec, DataSplit.Test));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(train.ClassNames, Is.EqualTo(new[] { "cat", "dog" }));
            Assert.That(train.Labels, Is.EqualTo(new[] { 0, 0, 1 }));
            Assert.That(train.Name(1), Is.EqualTo("cat/deep/2.png"));
            Assert.That(test.Labels, Is.EqualTo(new[] { 1 }));
        }

        Save("val/cow/1.png");
        Assert.That(
            () => DataSets.Open(Spec, DataSplit.Test),
            Throws.TypeOf<DataException>().With.Message.Contains("has the class 'cow', which the train split does not have (cat, dog)"));
    }

    [TestCase("training", "validation")]
    [TestCase("Train", "Test")]
    [TestCase("train", "valid")]
    [TestCase("TRAIN", "Dev")]
    [TestCase("train", "eval")]
    [TestCase("training", "testing")]
    public void Folders_are_split_by_any_usual_name(string train, string test)
    {
        Save($"{train}/cat/1.png", $"{train}/dog/2.png", $"{test}/dog/3.png", ".git/4.png");
        var told = new List<string>();
        Assert.That(DataSets.Open(Spec, DataSplit.Train, new DataOpening { Warn = told.Add }).ClassNames, Is.EqualTo(new[] { "cat", "dog" }));
        Assert.That(DataSets.Open(Spec, DataSplit.Test).Name(0), Is.EqualTo("dog/3.png"));
        Assert.That(told, Is.Empty);
    }

    [TestCase(new[] { "train/a/1.png", "Training/a/1.png" }, "has several train splits, 'Training', 'train': put them together, or name one of them")]
    [TestCase(new[] { "train/1.png", "bus/1.png", "car/1.png" }, "has 'train' beside 'bus', 'car' and no test split, so it may be a split or a class")]
    [TestCase(new[] { "val/a/1.png", "test/a/1.png" }, "has 'test', 'val' and no train split: call the folder of the images to train on train")]
    public void Folders_that_may_be_splits_or_classes_are_refused(string[] names, string message)
    {
        Save(names);
        Assert.That(() => DataSets.Open(Spec, DataSplit.Train), Throws.TypeOf<DataException>().With.Message.Contains(message));
    }

    [TestCase(
        new[] { "train/a/1.png", "test/a/2.png", "val/a/3.png", "unlabelled/4.png", "notes/5.txt" },
        ": the splits are train and test; not used: 'val', 'unlabelled'.")]
    [TestCase(new[] { "test/1.png", "cat/2.png" }, ": 'test' counts as a class, because there is no folder train.")]
    [TestCase(new[] { "cat/1.png", "cat/2.heic", "cat/.thumbnails/3.png" }, ": passed over: 1 .heic, which is not read, 1 in a hidden folder (.thumbnails).")]
    public void What_is_not_used_is_said_once(string[] names, string message)
    {
        Save(names);
        var told = new List<string>();
        foreach (var split in Enum.GetValues<DataSplit>().Where(split => DataSets.HasSplit(DataSpec.Parse(Spec), split)))
        {
            DataSets.Open(Spec, split, new DataOpening { Warn = told.Add });
        }

        Assert.That(told, Is.EqualTo(new[] { _folder.Path + message }));
    }

    [Test]
    public void A_folder_without_images_says_what_it_passed_over()
    {
        Save("a/1.heic");
        Assert.That(
            () => DataSets.Open(Spec, DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.EndsWith("also in its sub-folders; passed over: 1 .heic, which is not read."));
    }

    [Test]
    public void Many_copies_of_images_are_remarked()
    {
        Save([.. Enumerable.Range(10, 11).Select(i => $"{i}.png")]);
        var told = new List<string>();
        DataSets.Open(Spec, DataSplit.Train, new DataOpening { Warn = told.Add });
        Assert.That(told.Single(), Does.StartWith($"10 of 11 images of {_folder.Path} are exact copies of others, such as 11.png of 10.png. "));
        File.WriteAllText(_folder.At("list.txt"), string.Concat(Enumerable.Repeat("10.png\n", 20)));
        DataSets.Open($"list:{_folder.At("list.txt")}", DataSplit.Train, new DataOpening { Warn = told.Add });
        Assert.That(told, Has.Count.EqualTo(1), "a list repeats a file on purpose");
    }

    [Test]
    public void A_flat_folder_has_no_labels_and_no_test_split()
    {
        Save("b.png", "a.png");
        var set = DataSets.Open(Spec, DataSplit.Train);
        Assert.That((set.Labels, set.Name(0), set.ClassNames.Count), Is.EqualTo(((int[]?)null, "a.png", 0)));
        Assert.That(() => DataSets.Open(Spec, DataSplit.Test), Throws.TypeOf<DataException>().With.Message.Contains("has no test split: put the images into"));
    }

    [Test]
    public void An_empty_folder_an_empty_split_and_images_beside_classes_are_refused()
    {
        Assert.That(() => DataSets.Open(Spec, DataSplit.Train), Throws.TypeOf<DataException>().With.Message.Contains("holds no images: looked for .jpg"));
        Assert.That(
            () => DataSets.Open($"{Spec}?classes=0", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.Contains("holds no images: looked for .jpg"));
        Save("a.png", "cat/b.png");
        Assert.That(() => DataSets.Open(Spec, DataSplit.Train), Throws.TypeOf<DataException>().With.Message.Match(
            @"has images \(a\.png, …\) beside folders of images \(cat, …\): .* add \?classes=0 to take all of them"));
        Save("train/cat/b.png");
        Directory.CreateDirectory(_folder.At("test"));
        Assert.That(() => DataSets.Open(Spec, DataSplit.Test), Throws.TypeOf<DataException>().With.Message.Match("^The folder '.*test' holds no images"));
    }

    [Test]
    public void Photographs_are_reduced_to_a_short_side_and_grey_is_one_channel()
    {
        using (var image = Flat(300, 200, 10, 200, 30))
        {
            image.WriteToFile(_folder.At("a.jpg"));
        }

        var image1 = DataSets.Open($"{Spec}?channels=1", DataSplit.Train, new DataOpening { ShortSide = 64 }).Image(0);
        Assert.That((image1.Channels, image1.Width, image1.Height), Is.EqualTo((1, 96, 64)));
    }

    [Test]
    public void Images_of_many_bands_are_read_as_they_are()
    {
        using (Image black = Image.Black(3, 3, bands: 5), image = black + new double[] { 1, 2, 3, 4, 5 }, bytes = image.Cast(Enums.BandFormat.Uchar))
        {
            bytes.WriteToFile(_folder.At("a.tif"));
        }

        Assert.That(DataSets.Open($"{Spec}?channels=5", DataSplit.Train).Image(0).Plane(4)[8], Is.EqualTo(5));
        Assert.That(
            () => DataSets.Open($"{Spec}?channels=4", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.Contains(
                "a.tif (It has 5 channels and cannot become one of 4: take it out, or open the images with ?channels=5)"));
    }

    [Test]
    public void Without_classes_every_image_below_is_taken()
    {
        Save("loose.png", "2021/may/a.png", "2020/b.png");
        var set = DataSets.Open($"{Spec}?classes=0", DataSplit.Train);
        Assert.That((set.Labels, set.ClassNames.Count), Is.EqualTo(((int[]?)null, 0)));
        Assert.That(Enumerable.Range(0, set.Count).Select(set.Name), Is.EqualTo(new[] { "2020/b.png", "2021/may/a.png", "loose.png" }));
    }

    [Test]
    public void A_link_is_taken_for_what_it_leads_to()
    {
        Save("real/a.png");
        Directory.CreateDirectory(_folder.At("links"));
        File.CreateSymbolicLink(_folder.At("links", "b.png"), _folder.At("real", "a.png"));
        Assert.That(DataSets.Open($"folder:{_folder.At("links")}", DataSplit.Train).Image(0).Width, Is.EqualTo(4));
    }

    [Test]
    public void An_image_has_one_class_whatever_links_lead_to_it_and_what_is_hidden_is_none()
    {
        Save("cat/1.png", "dog/2.png", "cat/.thumbnails/1.png", ".trash/3.png");
        Directory.CreateSymbolicLink(_folder.At("cat", "up"), _folder.Path);
        Directory.CreateSymbolicLink(_folder.At("animals"), _folder.Path);
        var set = DataSets.Open(Spec, DataSplit.Train);
        Assert.That(
            Enumerable.Range(0, set.Count).Select(index => $"{set.ClassNames[set.Labels![index]]} {set.Name(index)}"),
            Is.EqualTo(new[] { "cat cat/1.png", "dog dog/2.png" }));
    }

    [Test]
    public void Classes_are_in_the_order_of_their_names_and_images_in_that_of_theirs()
    {
        Save("cat-2/1.png", "cat/10.png", "cat/2.png", "cat.3/1.png");
        var set = DataSets.Open(Spec, DataSplit.Train);
        Assert.That(set.ClassNames, Is.EqualTo(new[] { "cat", "cat-2", "cat.3" }));
        Assert.That(Enumerable.Range(0, set.Count).Select(set.Name), Is.EqualTo(new[] { "cat/10.png", "cat/2.png", "cat-2/1.png", "cat.3/1.png" }));
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_may_not_be_read_is_named()
    {
        Save("train/cat/a.png");
        var closed = Directory.CreateDirectory(_folder.At("train", "dog"));
        Assume.That(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, Is.False, "root may read everything");
        closed.UnixFileMode = UnixFileMode.None;
        try
        {
            Assert.That(
                () => DataSets.Open(Spec, DataSplit.Train),
                Throws.TypeOf<DataException>().With.Message.Match(
                    "^Cannot list the folder '.*train': .*dog.* Check its permissions and those of the folders in it\\.$"));
        }
        finally
        {
            closed.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }
    }

    private void Save(params string[] names)
    {
        foreach (var name in names)
        {
            using var image = Flat(4, 4, 50, 60, 70);
            File.WriteAllBytes(_folder.At(name.Split('/')), image.PngsaveBuffer());
        }
    }

    private static Image Flat(int width, int height, double r, double g, double b)
    {
        using var black = Image.Black(width, height, bands: 3);
        using var sum = black + new[] { r, g, b };
        using var bytes = sum.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: Enums.Interpretation.Srgb);
    }
}
