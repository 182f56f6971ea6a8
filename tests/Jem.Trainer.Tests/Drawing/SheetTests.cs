using Jem.Graphs.Methods;
using Jem.Trainer.Data;
using Jem.Trainer.Drawing;
using NetVips;

namespace Jem.Trainer.Tests.Drawing;

public sealed class SheetTests
{
    [Test]
    public void Images_are_enlarged_pixel_by_pixel_side_by_side()
    {
        using var folder = new TemporaryFolder();
        var sheet = new ContactSheet(2, 3);
        sheet.Add([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [9, 9, 9, 9, 8, 8, 8, 8, 7, 7, 7, 7]]);
        sheet.Save(folder.At("sheet.png"));
        using var image = Image.NewFromFile(folder.At("sheet.png"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((image.Width, image.Height), Is.EqualTo((4 + (2 * 76), 4 + 76)));
            Assert.That(image.Getpoint(4, 4), Is.EqualTo(new double[] { 1, 5, 9 }));
            Assert.That(image.Getpoint(4 + 71, 4 + 71), Is.EqualTo(new double[] { 4, 8, 12 }));
            Assert.That(image.Getpoint(4 + 76, 4), Is.EqualTo(new double[] { 9, 8, 7 }));
            Assert.That(image.Getpoint(0, 0), Is.EqualTo(new double[] { 255, 255, 255 }));
        }
    }

    [TestCase("synthetic:shapes?n=20&size=20", 3)]
    [TestCase("synthetic:shapes?n=20&size=20&channels=1", 2)]
    public void A_row_shows_an_image_and_its_views(string spec, int rows)
    {
        using var folder = new TemporaryFolder();
        DataSheet.Draw(DataSets.Open(spec, DataSplit.Train), new ViewRecipe { Size = 36 }, 0, rows, folder.At("sheet.png"));
        using var image = Image.NewFromFile(folder.At("sheet.png"));
        Assert.That((image.Width, image.Height), Is.EqualTo((4 + (9 * 76), 4 + (rows * (76 + 18)))));
    }

    [Test]
    public void An_image_of_another_size_and_an_empty_sheet_are_refused()
    {
        var sheet = new ContactSheet(2, 1);
        Assert.That(() => sheet.Add([new byte[5]]), Throws.ArgumentException.With.Message.Contains("5 bytes does not fit a sheet of [1,2,2]"));
        Assert.That(() => sheet.Save("never.png"), Throws.InvalidOperationException);
    }
}
