using Jem.Graphs.Programs;
using Jem.Imaging;
using Jem.Trainer.Data;
using Jem.Trainer.Drawing;

namespace Jem.Trainer.Tests.Drawing;

public sealed class DataSheetTests
{
    // One epoch of views is set apart from the next: eight columns hold four epochs of two views, or one of five.
    [TestCase("synthetic:shapes?n=20&size=20", 3, 2, 8, 4)]
    [TestCase("synthetic:shapes?n=20&size=20&channels=1", 2, 5, 5, 1)]
    [TestCase("synthetic:shapes?n=20&size=20", 1, 10, 10, 1)]
    public void A_row_shows_an_image_and_its_views_epoch_by_epoch(string spec, int rows, int count, int views, int epochs)
    {
        var image = DataSheet.Draw(DataSets.Open(spec, DataSplit.Train), Views(new() { Size = 48, Count = count }), 0, rows);
        var fonts = TextLabel.Render("epoch 1\nview 1").Height;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(image.Height, Is.EqualTo(4 + fonts + 4 + (rows * 100)));
            Assert.That(image.Width, Is.InRange(4 + (100 * (1 + views)) + (8 * epochs), 4 + (100 * (1 + views)) + (8 * epochs) + 220));
        }
    }

    // Where nothing is random a view is the image, so that one sees what is cut and covered.
    [Test]
    public void Crops_patches_and_masks_are_shown_beside_the_views()
    {
        var still = new ViewRecipe { Size = 20, Count = 1, CropScale = [1, 1], CropRatio = [1, 1], Flip = 0, Jitter = 0, Grey = 0 };
        var inputs = new Dictionary<string, BatchRecipe>
        {
            ["views"] = new ViewsInput(still),
            ["local_views"] = new ViewsInput(still with { Size = 10 }, First: 1),
            ["patches"] = new JigsawInput(still, Grid: 2, Patch: 10, First: 2),
            ["mask"] = new BlockMaskInput(Grid: 4, Ratio: 0.5, LeastBlock: 2, Aspect: 0.3),
            ["image_ids"] = new ImageIdsInput(),
        };
        var image = DataSets.Open("synthetic:shapes?n=20&size=20", DataSplit.Train).Image(1);
        var cells = new InputCells(inputs, 3, 20);
        Assert.That(cells.Heads, Is.EqualTo(new[] { "view 1", "view 2", "jigsaw", "masked" }));
        var pictures = cells.Of(image, 0, 0, 1).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(pictures[0], Is.EqualTo(image.Pixels.ToArray()));
            Assert.That(pictures[1].AsSpan(0, 5 * 20).ToArray(), Is.All.EqualTo(255), "a smaller view stands in the middle");
            Assert.That(pictures[2].Order(), Is.EqualTo(image.Pixels.ToArray().Order()), "the same pixels at other places");
            Assert.That(pictures[3].Zip(pictures[0]).All(pair => pair.First == pair.Second || pair.First == 255));
            Assert.That(pictures[3].Zip(pictures[0]).Count(pair => pair.First != pair.Second), Is.InRange(1, 3 * 20 * 20 / 2));
        });
    }

    private static Dictionary<string, BatchRecipe> Views(ViewRecipe recipe) => new() { ["views"] = new ViewsInput(recipe) };
}
