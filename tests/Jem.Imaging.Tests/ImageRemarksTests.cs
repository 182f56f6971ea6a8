using System.Globalization;

namespace Jem.Imaging.Tests;

public sealed class ImageRemarksTests
{
    [Test]
    public void Nothing_is_said_of_plain_images()
    {
        var remarks = new ImageRemarks();
        remarks.Add(1, null);
        remarks.Add(1, 255);
        Assert.That(remarks.Lines("it", Advice), Is.Empty);
    }

    [Test]
    public void Further_pages_are_counted()
    {
        var remarks = new ImageRemarks();
        Parallel.For(0, 1000, i => remarks.Add(i % 2 == 0 ? 1 : 3, null));
        Assert.That(remarks.Lines("it", Advice), Is.EqualTo(new[] { "500 of 1,000 images of it have further pages or frames: of each the first is read." }));
    }

    [TestCase(15, 4095, 16)]
    [TestCase(3, 1023, 4)]
    [TestCase(0, 255, 1)]
    [TestCase(16, 8191, 17)]
    public void Levels_far_below_white_are_answered_with_the_range_that_fits(int peak, int range, int left)
    {
        var remarks = new ImageRemarks();
        remarks.Add(1, peak);
        remarks.Add(1, peak / 2);
        remarks.Add(1, null);
        var expected = $"All 2 images of it with 16 bits per sample stay at {range:N0} or below, of 65,535: of 256 levels {left} are left. range={range}";
        Assert.That(remarks.Lines("it", Advice), Is.EqualTo(new[] { expected }));
        Assert.That(remarks.Lines("it", null), Is.Empty, "a range was given");
        remarks.Add(1, 32);
        Assert.That(remarks.Lines("it", Advice), Is.Empty, "one image uses an eighth");
    }

    [Test]
    public void A_deep_image_knows_its_highest_level()
    {
        Assert.That(new DecodedImage(TestImages.Plain(2, 2, 9, 7), 1, true).DeepPeak, Is.EqualTo(9));
        Assert.That(new DecodedImage(TestImages.Plain(2, 2, 9, 7), 1, false).DeepPeak, Is.Null);
    }

    private static string Advice(int range) => $"range={range}";

    [Test]
    public void Numbers_are_written_alike_whatever_the_person_s_culture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberGroupSeparator = ".";
        var (remarks, own) = (new ImageRemarks(), CultureInfo.CurrentCulture);
        remarks.Add(pages: 1, deepPeak: 15);
        try
        {
            CultureInfo.CurrentCulture = culture;
            Assert.That(remarks.Lines("scans", range => $"{range}").Single(), Does.Contain("stay at 4,095 or below, of 65,535"));
        }
        finally
        {
            CultureInfo.CurrentCulture = own;
        }
    }
}
