using System.Text.RegularExpressions;
using Jem.Trainer.Data;
using NetVips;

namespace Jem.Trainer.Tests.Data.Sets;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BadImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Bad_images_are_left_out_listed_and_remembered()
    {
        Good(60);
        Write("07.png", []);
        Write("23.png", File.ReadAllBytes(At("23.png"))[..100]);
        Write("42.png", "this is text"u8.ToArray());
        var (first, second) = (Open(), Open());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (first.Count, first.Name(7), first.Provenance),
                Is.EqualTo((57, "08.png", "57 images without labels from the folder images, train split")));
            Assert.That(first.Skipped.Select(image => image.Name), Is.EqualTo(new[] { "07.png", "23.png", "42.png" }));
            Assert.That(
                first.Skipped.Select(image => image.Reason),
                Is.EqualTo(new[] { "it is empty.", "it is damaged or cut short.", "it is cut short, or neither JPEG, PNG, WebP, TIFF, GIF, AVIF nor BMP." }));
            Assert.That(second.Skipped, Is.EqualTo(first.Skipped));
            Assert.That(second.Fingerprint, Is.EqualTo(first.Fingerprint));
        }

        foreach (var image in first.Skipped)
        {
            File.Delete(At(image.Name));
        }

        Assert.That(Open().Fingerprint, Is.EqualTo(first.Fingerprint), "the set is what was not left out");
    }

    [Test]
    public void Labels_stay_with_their_images()
    {
        Good(25, "cat/");
        Good(25, "dog/");
        Write("cat/03.png", []);
        var set = Open();
        Assert.That(set.Labels, Is.EqualTo(Enumerable.Repeat(0, 24).Concat(Enumerable.Repeat(1, 25))));
        Assert.That(set.Name(24), Is.EqualTo("dog/00.png"));
    }

    [Test]
    public void Strict_stops_at_the_first_bad_image_also_when_it_is_known_already()
    {
        Good(60);
        Write("50.png", []);
        Write("20.png", []);
        const string Complaint = "^Cannot use .*images: 20\\.png cannot be read: it is empty\\. Repair it or take it out; without --strict it is skipped\\.$";
        Assert.That(() => Open(strict: true), Throws.TypeOf<DataException>().With.Message.Match(Complaint));
        Open();
        Assert.That(() => Open(strict: true), Throws.TypeOf<DataException>().With.Message.Match(Complaint));
    }

    [Test]
    public void More_than_five_per_cent_bad_stop_with_the_first_twenty()
    {
        Good(60);
        foreach (var i in Enumerable.Range(0, 3))
        {
            Write($"{i:D2}.png", []);
        }

        Assert.That(Open().Count, Is.EqualTo(57), "5 % are not more");
        foreach (var i in Enumerable.Range(0, 22))
        {
            Write($"{i:D2}.png", []);
        }

        var error = Assert.Throws<DataException>(() => Open())!.Message;
        Assert.That(
            error,
            Does.Match(
                "^Cannot use .*images: 22 of 60 images cannot be read, more than 5 %: 00\\.png \\(it is empty\\); 01\\.png .*; and 2 more\\. "
                + "Repair them or take them out\\.$"));
        Assert.That(Regex.Count(error, "it is empty"), Is.EqualTo(20));
    }

    [Test]
    public void They_are_told_and_written_down()
    {
        Good(60);
        Write("07.png", []);
        var told = new List<string>();
        var (set, report) = (DataSets.Open($"folder:{At("")}", DataSplit.Train, new DataOpening { Warn = told.Add }), At("skipped.txt"));
        SkippedReport.Write(set, report);
        Assert.That(told.Single(), Does.Match("^1 of 60 images of .*images cannot be read and are left out: 07\\.png$"));
        Assert.That(File.ReadAllText(report), Is.EqualTo($"07.png\tit is empty.{Environment.NewLine}"));
        SkippedReport.Write(DataSets.Open("synthetic:shapes?n=5", DataSplit.Train), report);
        Assert.That(File.Exists(report), Is.False);
    }

    [Test]
    public void What_is_written_down_stays_if_it_cannot_be_written_anew()
    {
        Good(60);
        Write("07.png", []);
        var (set, report) = (Open(), At("skipped.txt"));
        SkippedReport.Write(set, report);
        var before = File.ReadAllText(report);
        Directory.CreateDirectory($"{report}.partial");
        Assert.That(() => SkippedReport.Write(set, report), Throws.TypeOf<UnauthorizedAccessException>());
        Assert.That(File.ReadAllText(report), Is.EqualTo(before));
    }

    private IImageSet Open(bool strict = false) => DataSets.Open($"folder:{At("")}", DataSplit.Train, new DataOpening { Strict = strict });

    private string At(string name) => _folder.At("images", name);

    private void Write(string name, byte[] bytes) => File.WriteAllBytes(At(name), bytes);

    private void Good(int count, string folder = "")
    {
        for (var i = 0; i < count; i++)
        {
            using Image noise = Image.Gaussnoise(16, 16, mean: 128), image = noise.Cast(Enums.BandFormat.Uchar);
            Write($"{folder}{i:D2}.png", image.PngsaveBuffer());
        }
    }
}
