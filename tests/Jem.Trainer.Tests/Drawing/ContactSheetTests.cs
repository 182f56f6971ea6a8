using Jem.Imaging;
using Jem.Trainer.Drawing;
using NetVips;

namespace Jem.Trainer.Tests.Drawing;

public sealed class ContactSheetTests
{
    [Test]
    public void Small_images_are_enlarged_pixel_by_pixel_side_by_side()
    {
        var sheet = new ContactSheet(2, 3);
        sheet.Add([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [9, 9, 9, 9, 8, 8, 8, 8, 7, 7, 7, 7]]);
        using var image = Image.NewFromBuffer(ImageEncoder.ToPng(sheet.Draw()));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((image.Width, image.Height), Is.EqualTo((4 + (2 * 100), 4 + 100)));
            Assert.That(image.Getpoint(4, 4), Is.EqualTo(new double[] { 1, 5, 9 }));
            Assert.That(image.Getpoint(4 + 95, 4 + 95), Is.EqualTo(new double[] { 4, 8, 12 }));
            Assert.That(image.Getpoint(4 + 100, 4), Is.EqualTo(new double[] { 9, 8, 7 }));
            Assert.That(image.Getpoint(0, 0), Is.EqualTo(new double[] { 240, 240, 240 }), "the paper");
        }
    }

    [TestCase(28, 9, ExpectedResult = 84)]
    [TestCase(96, 9, ExpectedResult = 96)]
    [TestCase(97, 9, ExpectedResult = 96)]
    [TestCase(224, 9, ExpectedResult = 96)]
    [TestCase(224, 40, ExpectedResult = 35)]
    [TestCase(32, 40, ExpectedResult = 32)]
    public int Cells_are_as_large_as_a_screen_allows(int side, int columns)
    {
        var sheet = new ContactSheet(side, 1);
        sheet.Add([.. Enumerable.Repeat(new byte[side * side], columns)]);
        using var image = Image.NewFromBuffer(ImageEncoder.ToPng(sheet.Draw()));
        Assert.That(image.Width, Is.LessThanOrEqualTo(1600));
        return image.Height - 8;
    }

    [Test]
    public void A_large_image_is_shrunk_to_the_mean_of_its_pixels()
    {
        // Stripes finer than the picture can show.
        var sheet = new ContactSheet(192, 1);
        sheet.Add([[.. Enumerable.Range(0, 192 * 192).Select(i => (byte)(i % 2 * 200))]]);
        using var image = Image.NewFromBuffer(ImageEncoder.ToPng(sheet.Draw()));
        Assert.That(image.Getpoint(50, 50)[0], Is.EqualTo(100).Within(1));
    }

    [Test]
    public void Of_an_image_with_other_bands_the_mean_is_shown()
    {
        var sheet = new ContactSheet(1, 5);
        sheet.Add([[10, 20, 30, 40, 100]]);
        using var image = Image.NewFromBuffer(ImageEncoder.ToPng(sheet.Draw()));
        Assert.That(image.Getpoint(50, 50), Is.EqualTo(new double[] { 40, 40, 40 }));
    }

    [Test]
    public void Captions_and_heads_take_room_where_there_are_fonts()
    {
        var fonts = TextLabel.Render("x").Width > 0;
        var sheet = new ContactSheet(4, 1, [new("a & <b>"), new("view 1\nepoch 1", Apart: true)]);
        sheet.Add([new byte[16], new byte[16]], "R&D <one>\n4×4");
        using var image = Image.NewFromBuffer(ImageEncoder.ToPng(sheet.Draw()));
        var (captions, head) = (TextLabel.Render("R&D <one>\n4×4").Width, TextLabel.Render("view 1\nepoch 1").Height);
        Assert.That((image.Width, image.Height), Is.EqualTo((captions + (fonts ? 8 : 0) + 4 + 96 + 12 + 96 + 4, 4 + head + 4 + 100)));
    }

    [Test]
    public void A_note_stands_below_its_image_and_is_no_wider()
    {
        var note = TextLabel.Render("W").Height;
        var sheet = new ContactSheet(4, 1);
        sheet.Add([new byte[16], new byte[16]], notes: [new string('W', 40), ""]);
        sheet.Add([new byte[16]]);
        using var image = Image.NewFromBuffer(ImageEncoder.ToPng(sheet.Draw()));
        Assert.That(image.Height, Is.EqualTo(4 + 96 + note + 4 + 96 + 4));
        if (note > 0)
        {
            Assert.That(image.Crop(4, 101, 96, note).Min(), Is.LessThan(128));
            Assert.That(image.Crop(100, 101, 100, note).Min(), Is.EqualTo(240));
        }
    }

    [Test]
    public void An_image_of_another_size_and_an_empty_sheet_are_refused()
    {
        var sheet = new ContactSheet(2, 1);
        Assert.That(() => sheet.Add([new byte[5]]), Throws.ArgumentException.With.Message.Contains("5 bytes does not fit a sheet of [1,2,2]"));
        Assert.That(() => sheet.Draw(), Throws.InvalidOperationException.With.Message.EqualTo("The contact sheet is empty: add a row first."));
    }
}
