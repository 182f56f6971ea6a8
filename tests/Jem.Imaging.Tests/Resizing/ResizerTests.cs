using Jem.Imaging.Resizing;

namespace Jem.Imaging.Tests.Resizing;

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
        var resized = Resizer.Resize(new PlanarImage(new byte[] { 0, 100, 200, 40 }, 1, 1, 4), 2, 1);
        Assert.That(resized.Pixels.ToArray(), Is.EqualTo(new byte[] { 71, 117 }));
    }

    [Test]
    public void Squash_changes_proportions_and_keeps_the_borders()
    {
        var image = new PlanarImage(new byte[] { 10, 10, 90, 90, 10, 10, 90, 90 }, 1, 2, 4);
        Assert.That(Resizer.ToSquare(image, 2, ResizeRule.Squash).Pixels.ToArray(), Is.EqualTo(new byte[] { 21, 79, 21, 79 }).Within(1));
    }

    [Test]
    public void Center_crop_keeps_proportions_and_cuts_the_sides()
    {
        var image = new PlanarImage(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, 1, 2, 6);
        var square = Resizer.ToSquare(image, 2, ResizeRule.ShortestSideCenterCrop);
        Assert.That((square.Width, square.Height), Is.EqualTo((2, 2)));
        Assert.That(square.Pixels.ToArray(), Is.EqualTo(new byte[] { 3, 4, 9, 10 }));
    }

    [Test]
    public void A_long_strip_costs_no_more_than_its_middle()
    {
        var strip = TestImages.Plain(1, 200_000, 7);
        Assert.That(Resizer.ToSquare(strip, 224, ResizeRule.ShortestSideCenterCrop).Pixels.ToArray(), Is.All.EqualTo(7));
    }

    [Test]
    public void An_image_of_the_right_size_is_left_as_it_is()
    {
        var image = TestImages.Noise(8, 8, 3, 3);
        Assert.That(Resizer.ToSquare(image, 8, ResizeRule.ShortestSideCenterCrop), Is.EqualTo(image), "its pixels are the same memory");
    }

    // Crops of the middle of photographs, wide and high, larger and smaller than the square.
    [TestCase(40, 30, 12)]
    [TestCase(30, 40, 12)]
    [TestCase(9, 7, 20)]
    [TestCase(300, 8, 8)]
    public void A_center_crop_is_the_middle_of_the_whole_image_resized(int width, int height, int side)
    {
        var image = TestImages.Noise(width, height, 3, 4);
        var (shortest, square) = (Math.Min(width, height), Resizer.ToSquare(image, side, ResizeRule.ShortestSideCenterCrop));
        var whole = Resizer.Resize(image, side * width / shortest, side * height / shortest);
        var (left, top) = ((int)Math.Round((whole.Width - side) / 2.0), (int)Math.Round((whole.Height - side) / 2.0));
        for (var i = 0; i < 3 * side * side; i++)
        {
            var (channel, y, x) = (i / (side * side), i / side % side, i % side);
            Assert.That(square.Plane(channel)[(y * side) + x], Is.EqualTo(whole.Plane(channel)[((top + y) * whole.Width) + left + x]));
        }
    }

    [Test]
    public void Fitting_keeps_proportions_and_never_enlarges()
    {
        var small = Resizer.ToFit(TestImages.Plain(300, 100, 7), 64);
        Assert.That((small.Width, small.Height), Is.EqualTo((64, 21)));
        Assert.That(Resizer.ToFit(TestImages.Plain(1000, 1, 7), 10).Height, Is.EqualTo(1));
        var image = TestImages.Noise(8, 5, 3, 3);
        Assert.That(Resizer.ToFit(image, 8), Is.EqualTo(image));
    }

    [TestCase(0, 4)]
    [TestCase(4, -1)]
    public void A_size_below_1_is_refused(int width, int height) =>
        Assert.That(() => Resizer.Resize(TestImages.Plain(2, 2, 7), width, height), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [FsCheck.NUnit.Property(MaxTest = 50)]
    public void A_plain_image_stays_plain(byte grey, byte width, byte height, byte side)
    {
        var square = Resizer.ToSquare(TestImages.Plain(width + 1, height + 1, grey), (side % 40) + 1, ResizeRule.Squash);
        Assert.That(square.Pixels.ToArray(), Is.All.EqualTo(grey));
    }

    // The definition, in two dimensions at once and in double precision.
    private static double Expected(PlanarImage image, int channel, int x, int y, int width, int height)
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
