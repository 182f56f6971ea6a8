namespace Jem.Imaging.Tests;

public sealed class PlanarImageTests
{
    [Test]
    public void Colour_becomes_its_luma()
    {
        Assert.That(TestImages.Plain(1, 1, 255, 0, 0).WithChannels(1).Pixels.ToArray(), Is.EqualTo(new byte[] { 76 }));
        Assert.That(TestImages.Plain(1, 1, 0, 255, 0).WithChannels(1).Pixels.ToArray(), Is.EqualTo(new byte[] { 150 }));
        Assert.That(TestImages.Plain(1, 1, 255, 255, 255).WithChannels(1).Pixels.ToArray(), Is.EqualTo(new byte[] { 255 }));
    }

    [Test]
    public void Grey_is_repeated_for_colour() =>
        Assert.That(new PlanarImage(new byte[] { 3, 9 }, 1, 1, 2).WithChannels(3).Pixels.ToArray(), Is.EqualTo(new byte[] { 3, 9, 3, 9, 3, 9 }));

    [Test]
    public void Other_counts_do_not_convert() =>
        Assert.That(() => TestImages.Plain(1, 1, 1, 2, 3, 4).WithChannels(3), Throws.TypeOf<JemException>().With.Message.EqualTo(
            "An image of 4 channels cannot become one of 3: only grey and RGB convert into each other."));

    [Test]
    public void The_same_number_of_channels_is_the_same_image()
    {
        var image = TestImages.Noise(3, 2, 5, 1);
        Assert.That(image.WithChannels(5), Is.EqualTo(image));
    }

    [TestCase(11, 3, 2, 2)]
    [TestCase(0, 3, 0, 2)]
    [TestCase(4, -1, -2, 2)]
    public void A_wrong_number_of_bytes_is_an_error(int length, int channels, int height, int width) =>
        Assert.That(() => new PlanarImage(new byte[length], channels, height, width), Throws.ArgumentException.With.Message.StartsWith(
            $"An image of [{channels},{height},{width}] (channels, height, width) cannot have {length} bytes."));

    [Test]
    public void It_borrows_its_pixels()
    {
        var pixels = new byte[] { 1, 2, 3, 4 };
        var image = new PlanarImage(pixels, 2, 1, 2);
        pixels[2] = 9;
        Assert.That(image.Plane(1).ToArray(), Is.EqualTo(new byte[] { 9, 4 }));
    }
}
