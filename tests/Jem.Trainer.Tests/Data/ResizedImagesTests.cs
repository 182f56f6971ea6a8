using Jem.Imaging;
using Jem.Trainer.Data;

namespace Jem.Trainer.Tests.Data;

public sealed class ResizedImagesTests
{
    [Test]
    public void All_images_lie_one_after_the_other()
    {
        var set = DataSets.Open("synthetic:shapes?n=10&size=8", DataSplit.Train);
        var expected = Enumerable.Range(0, 10).SelectMany(index => set.Image(index).Pixels.ToArray());
        Assert.That(ResizedImages.All(set, 8, 3), Is.EqualTo(expected));
    }

    [Test]
    public void Halving_a_side_weighs_the_pixels_by_a_triangle()
    {
        // A line 0 0 0 0 0 80 0 0: each output sees four pixels with the weights 1 3 3 1 of 8; at the border the rest of them.
        var line = new PlanarImage(Enumerable.Repeat(new byte[] { 0, 0, 0, 0, 0, 80, 0, 0 }, 8).SelectMany(row => row).ToArray(), 1, 8, 8);
        var small = new byte[16];
        ResizedImages.One(line, 4, 1, small);
        Assert.That(small[..4], Is.EqualTo(new byte[] { 0, 0, 30, 11 }));
    }

    [Test]
    public void Grey_becomes_three_equal_channels_and_colour_its_luma()
    {
        var (colour, grey) = (new byte[3], new byte[1]);
        ResizedImages.One(new PlanarImage(new byte[] { 7 }, 1, 1, 1), 1, 3, colour);
        ResizedImages.One(new PlanarImage(new byte[] { 255, 100, 0 }, 3, 1, 1), 1, 1, grey);
        Assert.That((colour[0], colour[1], colour[2], grey[0]), Is.EqualTo((7, 7, 7, (byte)((0.2989 * 255) + 58.7))));
    }

    [Test]
    public void Other_channels_are_refused() =>
        Assert.That(() => ResizedImages.One(new PlanarImage(new byte[5], 5, 1, 1), 1, 3, new byte[3]), Throws.ArgumentException.With.Message.Contains("5 channels cannot become [3,1,1]"));
}
