using NetVips;

namespace Jem.Imaging.Tests;

/// <summary>Files as cameras, scanners and web pages leave them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ImageFormatTests : IDisposable
{
    private static readonly double[] s_corners = [10, 90, 170, 250];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // What a camera writes when it is held in any of eight ways, and where the corners top-left, top-right, bottom-left, bottom-right then belong.
    [TestCase(1, new[] { 10, 90, 170, 250 })]
    [TestCase(2, new[] { 90, 10, 250, 170 })]
    [TestCase(3, new[] { 250, 170, 90, 10 })]
    [TestCase(4, new[] { 170, 250, 10, 90 })]
    [TestCase(5, new[] { 10, 170, 90, 250 })]
    [TestCase(6, new[] { 170, 10, 250, 90 })]
    [TestCase(7, new[] { 250, 90, 170, 10 })]
    [TestCase(8, new[] { 90, 250, 10, 170 })]
    public void A_jpeg_is_turned_by_its_exif_orientation(int orientation, int[] corners)
    {
        using var stored = Corners(48, 32).Mutate(change => change.Set(GValue.GIntType, "orientation", orientation));
        var image = Decode(stored, "a.jpg[Q=100]");
        var reduced = ImageDecoder.Decode(_folder.At("a.jpg"), new() { ShortSide = 16 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That((image.Width, image.Height), Is.EqualTo(orientation < 5 ? (48, 32) : (32, 48)));
            Assert.That(CornersOf(image), Is.EqualTo(corners).Within(3));
            Assert.That((reduced.Width, reduced.Height), Is.EqualTo(orientation < 5 ? (24, 16) : (16, 24)));
            Assert.That(CornersOf(reduced), Is.EqualTo(corners).Within(3));
        }
    }

    [TestCase("a.jpg[Q=100,profile=cmyk]", 0)]
    [TestCase("a.jpg[Q=100,profile=cmyk]", 8)]
    [TestCase("a.tif[profile=cmyk]", 0)]
    [TestCase("a.tif[profile=cmyk]", 8)]
    public void Printing_inks_with_a_profile_become_the_colours_they_print(string file, int shortSide) => CheckInks(
        file,
        shortSide,
        ([0, 0, 0, 0], [255, 255, 255]),
        ([255, 0, 0, 0], [0, 165, 230]),
        ([0, 255, 255, 0], [230, 20, 30]),
        ([0, 0, 0, 255], [30, 30, 30]));

    [TestCase("a.jpg[Q=100]", 0)]
    [TestCase("a.jpg[Q=100]", 8)]
    [TestCase("a.tif", 0)]
    [TestCase("a.tif", 8)]
    public void Printing_inks_without_a_profile_take_their_shares_of_white(string file, int shortSide) => CheckInks(
        file,
        shortSide,
        ([0, 0, 0, 0], [255, 255, 255]),
        ([255, 0, 0, 0], [0, 255, 255]),
        ([51, 102, 204, 51], [163, 122, 41]),
        ([0, 0, 0, 255], [0, 0, 0]));

    [TestCase("a.gif")]
    [TestCase("a.png[palette]")]
    public void Palettes_become_their_colours(string file)
    {
        using Image red = Flat(8, 8, 250, 20, 30), blue = Flat(8, 8, 10, 20, 240), both = red.Join(blue, Enums.Direction.Horizontal);
        var image = Decode(both, file);
        Assert.That((image.Width, image.Channels), Is.EqualTo((16, 3)));
        Assert.That(Corner(image), Is.EqualTo(new[] { 250, 20, 30 }).Within(8));
        Assert.That((int)image.Plane(2)[15], Is.EqualTo(240).Within(8));
    }

    [TestCase("a.gif")]
    [TestCase("a.webp[lossless]")]
    public void Of_an_animation_the_first_frame_is_taken(string file)
    {
        using Image first = Flat(8, 6, 200, 100, 40), second = Flat(8, 6, 0, 0, 0);
        using var frames = first.Join(second, Enums.Direction.Vertical).Mutate(change => change.Set(GValue.GIntType, "page-height", 6));
        var image = Decode(frames, file);
        Assert.That((image.Width, image.Height), Is.EqualTo((8, 6)));
        Assert.That(Corner(image), Is.EqualTo(new[] { 200, 100, 40 }).Within(8));
    }

    [TestCase("a.png")]
    [TestCase("a.webp[lossless]")]
    [TestCase("a.tif")]
    public void Transparency_of_every_format_is_laid_on_white(string file)
    {
        using Image half = Flat(16, 16, 0, 100, 255).Bandjoin(128), clear = Flat(16, 16, 0, 0, 0).Bandjoin(0);
        Assert.That(Corner(Decode(half, file)), Is.EqualTo(new[] { 127, 177, 255 }).Within(1));
        Assert.That(Corner(ImageDecoder.Decode(_folder.At(file.Split('[')[0]), new() { ShortSide = 8 })), Is.EqualTo(new[] { 127, 177, 255 }).Within(2));
        Assert.That(Corner(Decode(clear, file)), Is.EqualTo(new[] { 255, 255, 255 }));
    }

    [TestCase("a.png", 1)]
    [TestCase("a.png", 3)]
    [TestCase("a.png", 4)]
    [TestCase("a.tif", 1)]
    [TestCase("a.tif", 3)]
    [TestCase("a.tif[compression=deflate]", 2)]
    public void Sixteen_bits_keep_their_upper_half(string file, int bands)
    {
        var levels = Enumerable.Range(1, bands).Select(band => band is 2 or 4 && band == bands ? 65535.0 : band * 12850).ToArray();
        using Image flat = Image.Black(12, 12, bands) + levels, deep = flat.Cast(Enums.BandFormat.Ushort);
        using var image = deep.Copy(interpretation: bands < 3 ? Enums.Interpretation.Grey16 : Enums.Interpretation.Rgb16);
        var expected = bands < 3 ? new[] { 50 } : [50, 100, 150];
        Assert.That(Corner(Decode(image, file)), Is.EqualTo(expected).Within(1));
        Assert.That(Corner(ImageDecoder.Decode(_folder.At(file.Split('[')[0]), new() { ShortSide = 6 })), Is.EqualTo(expected).Within(1));
    }

    [TestCase("a.png[bitdepth=1]")]
    [TestCase("a.tif[bitdepth=1]")]
    [TestCase("a.tif[compression=ccittfax4,bitdepth=1]")]
    public void One_bit_is_black_and_white(string file)
    {
        using Image black = Image.Black(8, 8), white = black.Invert();
        using var page = black.Join(white, Enums.Direction.Horizontal).Copy(interpretation: Enums.Interpretation.Bw);
        var image = Decode(page, file);
        Assert.That((image.Channels, image.Pixels.Span[0], image.Pixels.Span[15]), Is.EqualTo((1, (byte)0, (byte)255)));
    }

    [TestCase("a.jpg[Q=100]")]
    [TestCase("a.jpg[Q=100,interlace]")]
    [TestCase("a.png[interlace]")]
    [TestCase("a.tif[tile,compression=lzw]")]
    [TestCase("a.tif[pyramid,tile,compression=deflate]")]
    [TestCase("a.tif[bigtiff,compression=jpeg,Q=100]")]
    [TestCase("a.webp[Q=100]")]
    public void Every_way_of_storing_gives_the_same_picture(string file)
    {
        using var corners = Corners(48, 32);
        using var colour = corners.Bandjoin(corners, corners).Copy(interpretation: Enums.Interpretation.Srgb);
        Assert.That(CornersOf(Decode(colour, file)), Is.EqualTo(s_corners).Within(4));
    }

    [Test]
    public void The_ending_of_a_name_does_not_matter()
    {
        using var image = Flat(4, 4, 1, 2, 3);
        File.WriteAllBytes(_folder.At("a.jpg"), image.PngsaveBuffer());
        Assert.That(Corner(ImageDecoder.Decode(_folder.At("a.jpg"))), Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [TestCase(2)]
    [TestCase(6)]
    [TestCase(13)]
    public void Bands_without_a_meaning_are_kept_in_their_number_and_order(int bands)
    {
        var levels = Enumerable.Range(1, bands).Select(band => (double)band).ToArray();
        using Image flat = Image.Black(6, 6, bands) + levels, bytes = flat.Cast(Enums.BandFormat.Uchar);
        using var image = bytes.Copy(interpretation: Enums.Interpretation.Multiband);
        var decoded = Decode(image, "a.tif");
        var expected = bands == 2 ? [253] : Enumerable.Range(1, bands).ToArray();
        Assert.That(Corner(decoded), Is.EqualTo(expected), "two bands of a TIFF are grey and transparency");
    }

    [TestCase("jpg", 0.02)]
    [TestCase("jpg", 0.5)]
    [TestCase("jpg", 0.99)]
    [TestCase("jpg[interlace]", 0.9)]
    [TestCase("png", 0.02)]
    [TestCase("png", 0.99)]
    [TestCase("webp", 0.5)]
    [TestCase("webp", 0.99)]
    [TestCase("gif", 0.5)]
    [TestCase("gif", 0.99)]
    [TestCase("tif", 0.5)]
    [TestCase("tif", 0.99)]
    [TestCase("tif[compression=jpeg]", 0.9)]
    public void A_file_that_is_cut_short_is_an_error_at_any_size(string format, double part)
    {
        using Image noise = Image.Gaussnoise(120, 80, mean: 128, sigma: 50), bytes = noise.Cast(Enums.BandFormat.Uchar);
        using var image = bytes.Bandjoin(bytes, bytes).Copy(interpretation: Enums.Interpretation.Srgb);
        var whole = image.WriteToBuffer($".{format}");
        File.WriteAllBytes(_folder.At("a"), whole[..(int)(whole.Length * part)]);
        Assert.That(() => ImageDecoder.Decode(_folder.At("a")), Throws.TypeOf<UnreadableImageException>());
        Assert.That(() => ImageDecoder.Decode(_folder.At("a"), new() { ShortSide = 20 }), Throws.TypeOf<UnreadableImageException>());
    }

    [Test]
    public void The_reason_is_one_sentence()
    {
        File.WriteAllText(_folder.At("a.jpg"), "");
        Assert.That(
            () => ImageDecoder.Decode(_folder.At("a.jpg")),
            Throws.TypeOf<UnreadableImageException>().With.Message.EqualTo($"Cannot read {_folder.At("a.jpg")} as an image: it is empty."));
        File.WriteAllText(_folder.At("a.jpg"), "text");
        Assert.That(
            () => ImageDecoder.Decode(_folder.At("a.jpg")),
            Throws.TypeOf<UnreadableImageException>().With.Property("Reason").EqualTo("it is cut short, or neither JPEG, PNG, WebP, TIFF, GIF, AVIF nor BMP."));
    }

    private PlanarImage Decode(Image image, string file, int shortSide = 0)
    {
        image.WriteToFile(_folder.At(file));
        return ImageDecoder.Decode(_folder.At(file.Split('[')[0]), new() { ShortSide = shortSide });
    }

    private void CheckInks(string file, int shortSide, params (double[] Inks, int[] Colour)[] cases)
    {
        foreach (var (inks, colour) in cases)
        {
            using Image flat = Image.Black(16, 16, 4) + inks, bytes = flat.Cast(Enums.BandFormat.Uchar);
            using var print = bytes.Copy(interpretation: Enums.Interpretation.Cmyk);
            Assert.That(Corner(Decode(print, file, shortSide)), Is.EqualTo(colour).Within(file.Contains("profile") ? 40 : 2), string.Join(' ', inks));
        }
    }

    private static Image Flat(int width, int height, params double[] colour)
    {
        using Image flat = Image.Black(width, height, colour.Length) + colour, bytes = flat.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    /// <summary>Four grey quarters.</summary>
    private static Image Corners(int width, int height)
    {
        var quarters = s_corners.Select(level => (Image.Black(width / 2, height / 2) + level).Cast(Enums.BandFormat.Uchar)).ToArray();
        using var image = Image.Arrayjoin(quarters, across: 2);
        return image.Copy(interpretation: Enums.Interpretation.Bw);
    }

    private static int[] Corner(PlanarImage image) => [.. Enumerable.Range(0, image.Channels).Select(channel => (int)image.Plane(channel)[0])];

    private static int[] CornersOf(PlanarImage image)
    {
        var plane = image.Plane(0);
        return [plane[0], plane[image.Width - 1], plane[^image.Width], plane[^1]];
    }
}
