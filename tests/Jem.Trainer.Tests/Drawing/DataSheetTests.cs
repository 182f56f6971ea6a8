using Jem.Graphs.Methods;
using Jem.Trainer.Data;
using Jem.Trainer.Drawing;
using NetVips;

namespace Jem.Trainer.Tests.Drawing;

public sealed class DataSheetTests
{
    // One epoch of views is set apart from the next: eight columns hold four epochs of two views, or one of five.
    [TestCase("synthetic:shapes?n=20&size=20", 3, 2, 8, 4)]
    [TestCase("synthetic:shapes?n=20&size=20&channels=1", 2, 5, 5, 1)]
    [TestCase("synthetic:shapes?n=20&size=20", 1, 10, 10, 1)]
    public void A_row_shows_an_image_and_its_views_epoch_by_epoch(string spec, int rows, int count, int views, int epochs)
    {
        using var image = Image.NewFromBuffer(DataSheet.Png(DataSets.Open(spec, DataSplit.Train), new ViewRecipe { Size = 48, Count = count }, 0, rows));
        var fonts = TextLabel.Render("epoch 1\nview 1").Height;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(image.Height, Is.EqualTo(4 + fonts + 4 + (rows * 100)));
            Assert.That(image.Width, Is.InRange(4 + (100 * (1 + views)) + (8 * epochs), 4 + (100 * (1 + views)) + (8 * epochs) + 220));
        }
    }

    [Test]
    public void A_picture_in_a_file_is_the_picture_in_memory()
    {
        using var folder = new TemporaryFolder();
        var (set, recipe) = (DataSets.Open("synthetic:shapes?n=20&size=20", DataSplit.Train), new ViewRecipe());
        DataSheet.Draw(set, recipe, 7, 2, folder.At("sheet.png"));
        Assert.That(File.ReadAllBytes(folder.At("sheet.png")), Is.EqualTo(DataSheet.Png(set, recipe, 7, 2)));
    }
}
