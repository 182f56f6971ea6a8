using NetVips;

namespace Jem.Imaging.Tests;

/// <summary>Files that say more than pixels: what their bands, levels, pages and colours mean.</summary>
public sealed class ImageMeaningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase(8, false, new[] { 0 })]
    [TestCase(16, false, new[] { 0 })]
    [TestCase(8, true, new[] { 0 })]
    [TestCase(8, false, new int[0])]
    public void A_fourth_band_that_is_no_transparency_is_a_fourth_band(int bits, bool big, int[] extra)
    {
        var tags = extra.Length == 0 ? [] : new[] { (TiffBytes.ExtraSamples, extra) };
        var image = Decode(TiffBytes.Write(2, 2, 4, bits, Repeat(bits, 200, 100, 50, 30), big, 1, tags));
        Assert.That(Corner(image), Is.EqualTo(new[] { 200, 100, 50, 30 }));
    }

    [TestCase(2, 227, 148, 148)]
    [TestCase(1, 255, 227, 177)]
    public void A_fourth_band_that_is_transparency_is_laid_on_white(int extra, params int[] colour)
    {
        var pixels = extra == 2 ? Repeat(8, 200, 40, 40, 127) : Repeat(8, 127, 99, 49, 127);
        Assert.That(Corner(Decode(TiffBytes.Write(2, 2, 4, 8, pixels, false, 1, (TiffBytes.ExtraSamples, [extra])))), Is.EqualTo(colour).Within(1));
    }

    [Test]
    public void A_second_band_that_is_no_transparency_is_a_second_band() =>
        Assert.That(
            Corner(Decode(TiffBytes.Write(2, 2, 2, 8, Repeat(8, 200, 100), false, 1, (TiffBytes.ExtraSamples, [0])))), Is.EqualTo(new[] { 200, 100 }));

    [Test]
    public void A_spot_colour_beside_printing_inks_is_no_transparency()
    {
        var file = TiffBytes.Write(2, 2, 5, 8, Repeat(8, 10, 20, 30, 40, 50), false, 1, (TiffBytes.Photometric, [5]), (TiffBytes.ExtraSamples, [0]));
        Assert.That(Corner(Decode(file)), Is.EqualTo(new[] { 10, 20, 30, 40, 50 }));
    }

    [Test]
    public void Colours_that_only_jpeg_undoes_are_refused_without_jpeg() =>
        Assert.That(
            () => Decode(TiffBytes.Write(2, 2, 3, 8, Repeat(8, 90, 128, 128), false, 1, (TiffBytes.Photometric, [6]))),
            Throws.TypeOf<UnreadableImageException>().With.Property("Reason").EqualTo(
                "its colours are YCbCr without JPEG compression, which is not supported."));

    [TestCase(1)]
    [TestCase(3)]
    public void Numbers_with_a_fraction_need_a_range(int bands)
    {
        float[] levels = [0.5f, 0.25f, 1, float.NaN, -3, 7];
        var pixels = levels.SelectMany(value => Enumerable.Repeat(value, bands)).SelectMany(BitConverter.GetBytes).ToArray();
        var file = TiffBytes.Write(6, 1, bands, 32, pixels, false, 1, (TiffBytes.SampleFormat, [.. Enumerable.Repeat(3, bands)]));
        Assert.That(
            () => Decode(file),
            Throws.TypeOf<UnreadableImageException>().With.Property("Reason").EqualTo(
                "its samples are Float, expected 8 or 16 bits, or a range that says which level is white."));
        Assert.That(Decode(file, new() { Range = 1 }).Plane(bands - 1).ToArray(), Is.EqualTo(new byte[] { 128, 64, 255, 0, 0, 255 }));
    }

    [TestCase("a.png", 1)]
    [TestCase("a.png", 3)]
    [TestCase("a.tif", 1)]
    [TestCase("a.tif", 3)]
    [TestCase("a.tif", 5)]
    public void Twelve_bits_in_sixteen_keep_their_levels_by_a_range(string name, int bands)
    {
        using Image ramp = Image.Identity(@ushort: true, size: 4096), all = ramp.Bandjoin([.. Enumerable.Repeat(ramp, bands - 1)]);
        var interpretation = bands switch { 1 => Enums.Interpretation.Grey16, 3 => Enums.Interpretation.Rgb16, _ => Enums.Interpretation.Multiband };
        using var deep = all.Copy(interpretation: interpretation);
        deep.WriteToFile(_folder.At(name));
        var read = ImageDecoder.Read(_folder.At(name), new() { Range = 4095 });
        Assert.That((read.Image.Channels, read.Deep), Is.EqualTo((bands, true)));
        Assert.That(read.Image.Plane(bands - 1).ToArray(), Is.EqualTo(Enumerable.Range(0, 4096).Select(level => (byte)Math.Round(level * 255 / 4095.0))));
        Assert.That(ImageDecoder.Decode(_folder.At(name)).Plane(0).ToArray().Distinct().Count(), Is.LessThanOrEqualTo(17), "without a range, white is 65535");
    }

    [Test]
    public void A_range_is_for_samples_of_more_than_eight_bits()
    {
        var path = TestImages.SavePlain(_folder.At("a.png"), 200, 100, 40);
        Assert.That(Corner(ImageDecoder.Decode(path, new() { Range = 4095 })), Is.EqualTo(new[] { 200, 100, 40 }));
        Assert.That(() => new DecodeOptions { Range = double.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new DecodeOptions { Range = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new DecodeOptions { ShortSide = -1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCase("gif", 0)]
    [TestCase("gif", 8)]
    [TestCase("webp", 0)]
    [TestCase("webp", 8)]
    public void Around_a_frame_that_is_smaller_than_its_canvas_it_is_white(string format, int shortSide)
    {
        var whole = format == "gif" ? Gif() : WebP();
        var image = Decode(whole, new() { ShortSide = shortSide });
        var plane = image.Plane(0);
        Assert.That((int)plane[0], Is.EqualTo(255), "left above");
        Assert.That((int)plane[^1], Is.EqualTo(255), "right below");
        Assert.That((int)plane[(image.Height / 2 * image.Width) + (image.Width / 2)], Is.EqualTo(40).Within(8), "the middle");
    }

    [TestCase("a.tif", 1)]
    [TestCase("a.gif", 2)]
    [TestCase("a.webp", 2)]
    [TestCase("a.png", 1)]
    public void Further_pages_are_told(string name, int pages)
    {
        using Image first = Flat(8, 6, 200), second = Flat(8, 6, 0);
        using var frames = first.Join(second, Enums.Direction.Vertical).Mutate(change => change.Set(GValue.GIntType, "page-height", 6));
        frames.WriteToFile(_folder.At(name));
        Assert.That(ImageDecoder.Read(_folder.At(name)).Pages, Is.EqualTo(name.EndsWith("tif", StringComparison.Ordinal) ? 2 : pages));
    }

    [TestCase(1, 1)]
    [TestCase(3, 3)]
    public void Pages_of_a_tiff_are_counted_without_its_smaller_copies(int directories, int pages)
    {
        const int Subfile = 254, SmallerCopy = 1;
        File.WriteAllBytes(_folder.At("a.tif"), TiffBytes.Write(2, 2, 1, 8, Repeat(8, 90), false, directories));
        Assert.That(ImageDecoder.Read(_folder.At("a.tif")).Pages, Is.EqualTo(pages));
        File.WriteAllBytes(_folder.At("a.tif"), TiffBytes.Write(2, 2, 1, 8, Repeat(8, 90), false, directories, (Subfile, [SmallerCopy])));
        Assert.That(ImageDecoder.Read(_folder.At("a.tif")).Pages, Is.EqualTo(1));
    }

    [TestCase("a.jpg[Q=100,subsample-mode=off]", 0)]
    [TestCase("a.jpg[Q=100,subsample-mode=off]", 8)]
    [TestCase("a.png", 0)]
    [TestCase("a.tif", 0)]
    [TestCase("a.webp[lossless]", 0)]
    public void A_colour_profile_is_honoured(string file, int shortSide)
    {
        using Image flat = Flat(16, 16, 200, 100, 40), wide = flat.IccTransform("p3", intent: Enums.Intent.Relative, inputProfile: "srgb");
        wide.WriteToFile(_folder.At(file));
        Assert.That(wide.Getpoint(0, 0)[0], Is.LessThan(193), "other numbers for the same colour");
        Assert.That(
            Corner(ImageDecoder.Decode(_folder.At(file.Split('[')[0]), new() { ShortSide = shortSide })), Is.EqualTo(new[] { 200, 100, 40 }).Within(3));
    }

    [Test]
    public void A_profile_that_is_srgb_or_broken_changes_nothing()
    {
        using Image noise = Image.Gaussnoise(64, 64, mean: 128, sigma: 60), bytes = noise.Cast(Enums.BandFormat.Uchar);
        using Image turned = bytes.Rot90(), other = bytes.Rot180();
        using var plain = bytes.Bandjoin(turned, other).Copy(interpretation: Enums.Interpretation.Srgb);
        plain.WriteToFile(_folder.At("plain.png"));
        plain.WriteToFile(_folder.At("tagged.png[profile=srgb]"));
        using var broken = plain.Mutate(change => change.Set(GValue.BlobType, "icc-profile-data", new byte[500]));
        broken.WriteToFile(_folder.At("broken.tif"));
        var expected = ImageDecoder.Decode(_folder.At("plain.png")).Pixels.ToArray();
        Assert.That(ImageDecoder.Decode(_folder.At("tagged.png")).Pixels.ToArray(), Is.EqualTo(expected));
        Assert.That(ImageDecoder.Decode(_folder.At("broken.tif")).Pixels.ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void Avif_is_read()
    {
        using var image = Flat(16, 16, 200, 100, 40);
        var file = image.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, lossless: true);
        Assert.That(Corner(Decode(file)), Is.EqualTo(new[] { 200, 100, 40 }).Within(3));
    }

    private PlanarImage Decode(byte[] file, DecodeOptions? options = null)
    {
        File.WriteAllBytes(_folder.At("a"), file);
        return ImageDecoder.Decode(_folder.At("a"), options);
    }

    /// <summary>Four pixels of samples, each in the upper half of its bits.</summary>
    private static byte[] Repeat(int bits, params byte[] samples) =>
        [.. Enumerable.Repeat(samples, 4).SelectMany(pixel => pixel).SelectMany(sample => bits == 8 ? [sample] : new byte[] { 0, sample })];

    /// <summary>A canvas of 24×16, and in its middle a dark frame of 12×8; no transparency.</summary>
    private static byte[] Gif()
    {
        using var dark = Flat(12, 8, 40, 40, 60);
        var file = dark.GifsaveBuffer();
        (file[6], file[8]) = (24, 16);
        var descriptor = file.AsSpan().IndexOf((byte[])[0x2C, 0, 0, 0, 0, 12, 0, 8, 0]);
        (file[descriptor + 1], file[descriptor + 3]) = (6, 4);
        var control = file.AsSpan().IndexOf((byte[])[0x21, 0xF9, 4]);
        file[control + 3] &= 0xFE;
        return file;
    }

    private static byte[] WebP()
    {
        using Image first = Flat(12, 8, 40, 40, 60), second = Flat(12, 8, 0, 0, 0);
        using var frames = first.Join(second, Enums.Direction.Vertical).Mutate(change => change.Set(GValue.GIntType, "page-height", 8));
        var file = frames.WebpsaveBuffer(lossless: true, kmin: 0, kmax: 1);
        (file[24], file[27]) = (23, 15);
        for (int at = 0, next; (next = file.AsSpan(at).IndexOf("ANMF"u8)) >= 0; at += next + 4)
        {
            (file[at + next + 8], file[at + next + 11]) = (3, 2);
        }

        return file;
    }

    private static Image Flat(int width, int height, params double[] colour)
    {
        using Image flat = Image.Black(width, height, colour.Length) + colour, bytes = flat.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: colour.Length == 1 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
    }

    private static int[] Corner(PlanarImage image) => [.. Enumerable.Range(0, image.Channels).Select(channel => (int)image.Plane(channel)[0])];
}
