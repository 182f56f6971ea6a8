using NetVips;

namespace Jem.Imaging.Tests;

public sealed class ImageDecoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase("png", 0)]
    [TestCase("tiff", 0)]
    [TestCase("gif", 4)]
    [TestCase("jpg", 4)]
    [TestCase("webp", 8)]
    public void Colours_of_every_format_arrive(string format, int tolerance)
    {
        var image = ImageDecoder.Decode(TestImages.SavePlain(_folder.At($"plain.{format}"), 200, 100, 40));
        Assert.That((image.Width, image.Height, image.Channels), Is.EqualTo((24, 16, 3)));
        Assert.That(Corner(image), Is.EqualTo(new[] { 200, 100, 40 }).Within(tolerance));
    }

    [Test]
    public void Samples_are_planar_and_in_reading_order()
    {
        var image = TestImages.Noise(5, 3, 3, 1);
        ImageEncoder.Save(image, _folder.At("noise.png"));
        Assert.That(ImageDecoder.Decode(_folder.At("noise.png")).Pixels.ToArray(), Is.EqualTo(image.Pixels.ToArray()));
    }

    [Test]
    public void Grey_stays_grey()
    {
        var image = ImageDecoder.Decode(TestImages.SavePlain(_folder.At("grey.png"), 90));
        Assert.That((image.Channels, image.Pixels.Span[0]), Is.EqualTo((1, 90)));
    }

    [Test]
    public void Transparency_is_laid_on_white()
    {
        Assert.That(Corner(ImageDecoder.Decode(TestImages.SavePlain(_folder.At("half.png"), 0, 100, 255, 128))), Is.EqualTo(new[] { 127, 177, 255 }).Within(1));
        Assert.That(Corner(ImageDecoder.Decode(TestImages.SavePlain(_folder.At("clear.png"), 0, 0))), Is.EqualTo(new[] { 255 }));
    }

    [Test]
    public void Exif_orientation_turns_the_image_upright()
    {
        using var pixels = Image.Black(2, 1) + 20;
        using var image = pixels.Cast(Enums.BandFormat.Uchar)
            .Insert((Image.Black(1, 1) + 220).Cast(Enums.BandFormat.Uchar), 1, 0)
            .Mutate(change => change.Set(GValue.GIntType, "orientation", 6));
        image.WriteToFile(_folder.At("turned.tiff"));
        var upright = ImageDecoder.Decode(_folder.At("turned.tiff"));
        Assert.That((upright.Width, upright.Height), Is.EqualTo((1, 2)));
        Assert.That(upright.Pixels.ToArray(), Is.EqualTo(new byte[] { 20, 220 }));
    }

    [TestCase("png")]
    [TestCase("tiff")]
    public void Sixteen_bits_become_eight(string format)
    {
        using var image = (Image.Black(4, 4, 3) + new double[] { 65535, 32896, 0 }).Cast(Enums.BandFormat.Ushort)
            .Copy(interpretation: Enums.Interpretation.Rgb16);
        image.WriteToFile(_folder.At($"deep.{format}"));
        Assert.That(Corner(ImageDecoder.Decode(_folder.At($"deep.{format}"))), Is.EqualTo(new[] { 255, 128, 0 }).Within(1));
    }

    [Test]
    public void Cmyk_becomes_srgb()
    {
        using var image = (Image.Black(8, 8, 4) + new double[] { 0, 255, 255, 0 }).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Cmyk);
        image.WriteToFile(_folder.At("print.tiff"));
        var (red, green, blue) = Corner(ImageDecoder.Decode(_folder.At("print.tiff"))) is [var r, var g, var b] ? (r, g, b) : default;
        Assert.That(red, Is.GreaterThan(180));
        Assert.That(green + blue, Is.LessThan(140));
    }

    [Test]
    public void Channels_without_a_colour_space_are_kept()
    {
        using var image = (Image.Black(3, 3, 5) + new double[] { 1, 2, 3, 4, 5 }).Cast(Enums.BandFormat.Uchar)
            .Copy(interpretation: Enums.Interpretation.Multiband);
        image.WriteToFile(_folder.At("bands.tiff"));
        Assert.That(Corner(ImageDecoder.Decode(_folder.At("bands.tiff"))), Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
    }

    [TestCase(0, 800, 1200)]
    [TestCase(500, 500, 750)]
    [TestCase(100, 100, 150)]
    [TestCase(801, 800, 1200)]
    public void A_photograph_is_reduced_to_a_short_side_and_turned(int shortSide, int width, int height)
    {
        using var left = (Image.Black(600, 800, 3) + new double[] { 200, 100, 40 }).Cast(Enums.BandFormat.Uchar);
        using var photograph = left.Join(left.Invert(), Enums.Direction.Horizontal)
            .Copy(interpretation: Enums.Interpretation.Srgb)
            .Mutate(change => change.Set(GValue.GIntType, "orientation", 6));
        photograph.WriteToFile(_folder.At("photograph.jpg"));
        var image = ImageDecoder.Decode(_folder.At("photograph.jpg"), new() { ShortSide = shortSide });
        Assert.That((image.Width, image.Height), Is.EqualTo((width, height)));
        Assert.That((int)image.Plane(0)[0], Is.EqualTo(200).Within(3), "what was left is above");
        Assert.That((int)image.Plane(2)[^1], Is.EqualTo(215).Within(3), "what was right is below");
    }

    [TestCase(187, 96)]
    [TestCase(293, 224)]
    [TestCase(309, 224)]
    [TestCase(82, 56)]
    public void The_short_side_is_the_one_asked_for_whatever_the_quotient(int side, int shortSide)
    {
        using Image drawn = Image.Black(side + 30, side, 3).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        drawn.WriteToFile(_folder.At("a.png"));
        drawn.WriteToFile(_folder.At("a.jpg"));
        var (png, jpeg) = (ImageDecoder.Decode(_folder.At("a.png"), new() { ShortSide = shortSide }),
            ImageDecoder.Decode(_folder.At("a.jpg"), new() { ShortSide = shortSide }));
        Assert.That((png.Height, jpeg.Height), Is.EqualTo((shortSide, shortSide)));
        Assert.That((png.Width, jpeg.Width), Is.EqualTo((Longer(), Longer())));
        int Longer() => ((2 * (side + 30) * shortSide) + side) / (2 * side);
    }

    [Test]
    public void Deep_grey_transparent_and_many_channels_are_reduced_too()
    {
        using Image grey = (Image.Black(40, 30) + 51400).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Grey16);
        using Image clear = Image.Black(40, 30, 4).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        using Image bands = (Image.Black(40, 30, 5) + new double[] { 256, 512, 768, 1024, 1280 }).Cast(Enums.BandFormat.Ushort)
            .Copy(interpretation: Enums.Interpretation.Multiband);
        (Image Image, string Name, int[] Corner)[] cases =
            [(grey, "grey.png", [200]), (clear, "clear.png", [255, 255, 255]), (bands, "bands.tif", [1, 2, 3, 4, 5])];
        foreach (var (image, name, corner) in cases)
        {
            image.WriteToFile(_folder.At(name));
            var reduced = ImageDecoder.Decode(_folder.At(name), new() { ShortSide = 20 });
            Assert.That((reduced.Width, reduced.Height), Is.EqualTo((27, 20)), name);
            Assert.That(Corner(reduced), Is.EqualTo(corner), name);
        }
    }

    [Test]
    public void Samples_that_are_neither_8_nor_16_bits_are_refused()
    {
        using var heights = Image.Black(3, 3) + 1234.5;
        heights.WriteToFile(_folder.At("heights.tiff"));
        Assert.That(
            () => ImageDecoder.Decode(_folder.At("heights.tiff")),
            Throws.InstanceOf<JemException>().With.Message.Contains("its samples are Float, expected 8 or 16 bits, or a range that says which level is white"));
    }

    [Test]
    public void A_corrupt_image_is_named()
    {
        File.WriteAllText(_folder.At("noise.jpg"), "this is no image");
        Assert.That(
            () => ImageDecoder.Decode(_folder.At("noise.jpg")),
            Throws.InstanceOf<JemException>().With.Message.StartsWith($"Cannot read {_folder.At("noise.jpg")} as an image: ").And.Message.Not.Contains("\n"));
    }

    [TestCase("jpg")]
    [TestCase("png")]
    public void An_image_that_is_cut_off_is_an_error(string format)
    {
        var path = _folder.At($"cut.{format}");
        using var noise = Image.Gaussnoise(64, 64, mean: 128).Cast(Enums.BandFormat.Uchar);
        noise.WriteToFile(path);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1000]);
        Assert.That(() => ImageDecoder.Decode(path), Throws.InstanceOf<JemException>().With.Message.Contains(path));
    }

    [Test]
    public void A_file_that_changed_is_read_again()
    {
        ImageDecoder.Decode(TestImages.SavePlain(_folder.At("a.png"), 1, 2, 3));
        Assert.That(Corner(ImageDecoder.Decode(TestImages.SavePlain(_folder.At("a.png"), 4, 5, 6))), Is.EqualTo(new[] { 4, 5, 6 }));
    }

    private static int[] Corner(PlanarImage image) => [.. Enumerable.Range(0, image.Channels).Select(channel => (int)image.Plane(channel)[0])];
}
