namespace Jem.Imaging.Tests;

public sealed class ResizerTests
{
    [TestCase(37, 23, 8, 8)]
    [TestCase(64, 48, 17, 31)]
    [TestCase(9, 7, 20, 16)]
    [TestCase(1, 1, 5, 4)]
    public void It_is_the_normalised_triangle_filter(int fromWidth, int fromHeight, int width, int height)
    {
        var image = TestImages.Noise(fromWidth, fromHeight, 3, 2);
        var resized = Resizer.Resize(image, width, height);
        for (var channel = 0; channel < 3; channel++)
        {
            for (var i = 0; i < width * height; i++)
            {
                Assert.That(resized.Plane(channel)[i], Is.EqualTo(Expected(image, channel, i % width, i / width, width, height)).Within(0.51));
            }
        }
    }

    [Test]
    public void Halving_weighs_four_samples_by_distance()
    {
        // Weights 3, 3, 1 of 7, and mirrored: (0·3 + 100·3 + 200·1) / 7 and (100·1 + 200·3 + 40·3) / 7.
        var resized = Resizer.Resize(new Image8(4, 1, 1, [0, 100, 200, 40]), 2, 1);
        Assert.That(resized.Data, Is.EqualTo(new byte[] { 71, 117 }));
    }

    [Test]
    public void Squash_changes_proportions_and_keeps_the_borders()
    {
        var image = new Image8(4, 2, 1, [10, 10, 90, 90, 10, 10, 90, 90]);
        Assert.That(Resizer.ToSquare(image, 2, ResizeRule.Squash).Data, Is.EqualTo(new byte[] { 21, 79, 21, 79 }).Within(1));
    }

    [Test]
    public void Center_crop_keeps_proportions_and_cuts_the_sides()
    {
        var image = new Image8(6, 2, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        var square = Resizer.ToSquare(image, 2, ResizeRule.ShortestSideCenterCrop);
        Assert.That((square.Width, square.Height), Is.EqualTo((2, 2)));
        Assert.That(square.Data, Is.EqualTo(new byte[] { 3, 4, 9, 10 }));
    }

    [Test]
    public void A_long_strip_costs_no_more_than_its_middle()
    {
        var strip = TestImages.Plain(1, 200_000, 7);
        Assert.That(Resizer.ToSquare(strip, 224, ResizeRule.ShortestSideCenterCrop).Data, Is.All.EqualTo(7));
    }

    [Test]
    public void An_image_of_the_right_size_is_left_as_it_is()
    {
        var image = TestImages.Noise(8, 8, 3, 3);
        Assert.That(Resizer.ToSquare(image, 8, ResizeRule.ShortestSideCenterCrop), Is.SameAs(image));
    }

    [FsCheck.NUnit.Property(MaxTest = 50)]
    public void A_plain_image_stays_plain(byte grey, byte width, byte height, byte side)
    {
        var square = Resizer.ToSquare(TestImages.Plain(width + 1, height + 1, grey), (side % 40) + 1, ResizeRule.Squash);
        Assert.That(square.Data, Is.All.EqualTo(grey));
    }

    // The definition, in two dimensions at once and in double precision.
    private static double Expected(Image8 image, int channel, int x, int y, int width, int height)
    {
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            var weight = Triangle(i % image.Width, x, image.Width, width) * Triangle(i / image.Width, y, image.Height, height);
            (sum, total) = (sum + (weight * image.Plane(channel)[i]), total + weight);
        }

        return sum / total;
    }

    private static double Triangle(int sample, int target, int size, int targetSize)
    {
        var scale = (double)size / targetSize;
        return Math.Max(0, 1 - (Math.Abs(sample + 0.5 - ((target + 0.5) * scale)) / Math.Max(1, scale)));
    }
}
