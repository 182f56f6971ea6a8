using NetVips;

namespace Jem.Imaging.Tests;

public sealed class ImageEncoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(4)]
    public void A_png_has_every_level(int channels)
    {
        var image = TestImages.Noise(5, 3, channels, 1);
        using var read = Image.NewFromBuffer(ImageEncoder.ToPng(image));
        Assert.That((read.Width, read.Height, read.Bands), Is.EqualTo((5, 3, channels)));
        Assert.That(read.Getpoint(4, 1), Is.EqualTo(Enumerable.Range(0, channels).Select(channel => (double)image.Plane(channel)[9])));
    }

    [Test]
    public void A_webp_is_near_to_the_levels_and_keeps_opacity()
    {
        using var read = Image.NewFromBuffer(ImageEncoder.ToWebP(TestImages.Plain(16, 16, 200, 100, 40, 0)));
        Assert.That(read.Bands, Is.EqualTo(4));
        Assert.That(read.Getpoint(8, 8)[3], Is.Zero);
        using var opaque = Image.NewFromBuffer(ImageEncoder.ToWebP(TestImages.Plain(16, 16, 200, 100, 40), quality: 95));
        Assert.That(opaque.Getpoint(8, 8), Is.EqualTo(new double[] { 200, 100, 40 }).Within(4));
    }

    [Test]
    public void Other_numbers_of_channels_are_refused() =>
        Assert.That(
            () => ImageEncoder.ToPng(TestImages.Plain(1, 1, 1, 2)),
            Throws.ArgumentException.With.Message.StartsWith("A picture is grey, RGB, or RGB and opacity; the image has 2 channels."));

    [Test]
    public void A_uri_holds_the_picture()
    {
        var image = TestImages.Plain(2, 2, 5);
        Assert.That(ImageEncoder.ToPngUri(image), Is.EqualTo($"data:image/png;base64,{Convert.ToBase64String(ImageEncoder.ToPng(image))}"));
        Assert.That(ImageEncoder.ToWebPUri(image), Is.EqualTo($"data:image/webp;base64,{Convert.ToBase64String(ImageEncoder.ToWebP(image))}"));
    }

    [TestCase("a.png", 0)]
    [TestCase("a.PNG", 0)]
    [TestCase("a.jpg", 4)]
    [TestCase("a.webp", 8)]
    [TestCase("a.tif", 0)]
    [TestCase("a.gif", 4)]
    public void The_ending_chooses_the_format(string name, int tolerance)
    {
        ImageEncoder.Save(TestImages.Plain(8, 8, 200, 100, 40), _folder.At(name));
        var read = ImageDecoder.Decode(_folder.At(name));
        Assert.That(Enumerable.Range(0, 3).Select(channel => (int)read.Plane(channel)[0]), Is.EqualTo(new[] { 200, 100, 40 }).Within(tolerance));
        Assert.That(Directory.GetFiles(_folder.Path), Has.Length.EqualTo(1));
    }

    [TestCase("a.docx", ".docx")]
    [TestCase("a", "")]
    public void An_unknown_ending_is_answered_with_the_known_ones(string name, string ending)
    {
        Assert.That(() => ImageEncoder.Save(TestImages.Plain(2, 2, 5), _folder.At(name)), Throws.TypeOf<JemException>().With.Message.Match(
            $"^Cannot write the picture .*{name}: [^\n]*Its ending is '{ending}'; expected \\.png, \\.jpg, \\.webp, \\.tif or \\.gif\\.$"));
        Assert.That(Directory.GetFiles(_folder.Path), Is.Empty);
    }

    [Test]
    public void A_drawing_is_rendered_on_white()
    {
        const string rectangle = """<rect width="10" height="10" fill="rgb(200,100,40)"/>""";
        var image = SvgImage.Render($"""<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">{rectangle}</svg>""");
        Assert.That((image.Channels, image.Height, image.Width), Is.EqualTo((3, 10, 20)));
        Assert.That(
            Enumerable.Range(0, 3).Select(channel => (image.Plane(channel)[5], image.Plane(channel)[15])),
            Is.EqualTo(new (byte, byte)[] { (200, 255), (100, 255), (40, 255) }));
        Assert.That(() => SvgImage.Render("no drawing"), Throws.TypeOf<JemException>().With.Message.StartsWith("Cannot draw the SVG: "));
    }
}
