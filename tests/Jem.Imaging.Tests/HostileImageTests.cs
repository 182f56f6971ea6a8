using System.Buffers.Binary;
using System.Diagnostics;
using NetVips;

namespace Jem.Imaging.Tests;

/// <summary>Files that ask for more than they should: each is refused by its name before memory is taken.</summary>
public sealed class HostileImageTests : IDisposable
{
    private const string NoFormat = "neither JPEG, PNG, WebP, TIFF, GIF, AVIF nor BMP.";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase(15_000_000, 150, "it has 15000000×150 pixels, more than 262,144 for a side.")]
    [TestCase(50_000, 50_000, "it has 50000×50000 pixels, more than 1,073,741,824 pixels.")]
    public void A_png_that_claims_too_many_pixels_is_refused_at_any_size(int width, int height, string reason)
    {
        Write("a.png", PngBytes.Write(width, height, 1, []));
        Refuses(reason);
        Refuses(reason, new() { ShortSide = 32 });
    }

    [Test]
    public void A_tiff_that_claims_too_many_pixels_is_refused()
    {
        Write("a.tif", TiffBytes.Write(15_000_000, 150, 3, 8, new byte[64]));
        Refuses("it has 15000000×150 pixels, more than 262,144 for a side.", new() { ShortSide = 32 });
    }

    [Test]
    public void Tiles_are_refused_where_a_row_of_them_takes_too_much()
    {
        Write("a.tif", TiffBytes.Write(100_000, 8000, 3, 8, new byte[64], false, 1, (322, [4096]), (323, [4096]), (324, [16]), (325, [64])));
        Refuses("its 100000×8000 pixels take 1,219 MiB while they are decoded, more than 1,024.", new() { ShortSide = 32 });
    }

    [TestCase(0x7FFFFFFF, 1, 1)]
    [TestCase(-1, 1, 1)]
    [TestCase(40, int.MaxValue, int.MaxValue)]
    [TestCase(40, 1, int.MinValue)]
    [TestCase(1000, 1, 1)]
    public void A_bitmap_with_impossible_numbers_is_named(int header, int width, int height)
    {
        var bitmap = new byte[100];
        (bitmap[0], bitmap[1], bitmap[26], bitmap[28]) = ((byte)'B', (byte)'M', 1, 8);
        foreach (var (at, value) in new[] { (10, 90), (14, header), (18, width), (22, height), (46, 256) })
        {
            BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(at), value);
        }

        Write("a.bmp", bitmap);
        Assert.That(() => ImageDecoder.Decode(_folder.At("a.bmp")), header == 1000 ? Throws.Nothing : Throws.TypeOf<UnreadableImageException>());
    }

    [TestCase("""<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"></svg>""", "it is an SVG drawing, and " + NoFormat)]
    [TestCase("""  <?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>""", "it is an SVG drawing or other XML, and " + NoFormat)]
    [TestCase("%PDF-1.7", "it is a PDF document, and " + NoFormat)]
    [TestCase("<!DOCTYPE html><html></html>", "it is a web page, and " + NoFormat)]
    [TestCase("1,2,3\n4,5,6\n", "it is cut short, or " + NoFormat)]
    [TestCase("B", "it is cut short, or " + NoFormat)]
    public void What_is_no_image_by_its_content_is_refused_whatever_its_name(string text, string reason)
    {
        File.WriteAllText(_folder.At("a.png"), text);
        Refuses(reason);
    }

    [Test]
    public void A_file_of_libvips_itself_is_refused()
    {
        using var image = Image.Black(4, 4);
        image.WriteToFile(_folder.At("a.v"));
        Refuses("it is cut short, or " + NoFormat);
    }

    [Test]
    public void A_jpeg_with_many_scans_is_refused_unless_the_limit_says_otherwise()
    {
        using Image noise = Image.Gaussnoise(64, 64, mean: 128, sigma: 50), bytes = noise.Cast(Enums.BandFormat.Uchar);
        var whole = bytes.JpegsaveBuffer(interlace: true);
        Write("a.jpg", whole);
        Assert.That(() => ImageDecoder.Decode(_folder.At("a.jpg")), Throws.Nothing);

        // The last scan once more, many times.
        var last = whole.AsSpan().LastIndexOf((byte[])[0xFF, 0xDA]);
        Write("a.jpg", [.. whole[..^2], .. Enumerable.Repeat(whole[last..^2], 800).SelectMany(scan => scan), .. whole[^2..]]);
        Refuses("it has many scans, more than 64.");
        Refuses("it has many scans, more than 64.", new() { ShortSide = 8 });
        Write("a.jpg", [.. whole, .. Enumerable.Repeat(whole[last..^2], 800).SelectMany(scan => scan)]);
        Assert.That(() => ImageDecoder.Decode(_folder.At("a.jpg")), Throws.Nothing, "what follows the image is none of it");
    }

    [Test]
    public void Limits_are_those_that_are_given()
    {
        Write("a.png", PngBytes.Write(64, 64, 8, Enumerable.Repeat(new byte[65], 64)));
        Refuses("it has 64×64 pixels, more than 32 for a side.", new() { Limits = new() { Side = 32 } });
        Refuses("it has 64×64 pixels, more than 1,000 pixels.", new() { Limits = new() { Pixels = 1000 } });
        Refuses("its 64×64 pixels take 0 MiB while they are decoded, more than 0.", new() { Limits = new() { Memory = 1000 } });
        Assert.That(() => ImageDecoder.Decode(_folder.At("a.png"), new() { Limits = new() { FileBytes = 50 } }), Throws.TypeOf<UnreadableImageException>());
        Write("a.png", TiffBytes.Write(2, 2, 1, 8, new byte[4], false, 3));
        Refuses("it has many pages or frames, more than 2.", new() { Limits = new() { Pages = 2 } });
    }

    [TestCase("a.png", 28)]
    [TestCase("a.jpg", 28)]
    [TestCase("a.tif[compression=lzw]", 28)]
    [TestCase("a.tif[compression=jpeg]", 28)]
    [TestCase("a.tif[compression=lzw,tile]", 28)]
    [TestCase("a.png[bitdepth=1]", 28)]
    public void A_large_image_is_reduced_while_it_is_decoded(string file, int shortSide)
    {
        const int Side = 8000;
        using Image grey = Image.Black(Side, Side) + 150, colour = grey.Bandjoin(grey, grey), all = file.Contains("bitdepth") ? grey : colour;
        using var bytes = all.Cast(Enums.BandFormat.Uchar);
        using var image = bytes.Copy(interpretation: all.Bands == 1 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
        image.WriteToFile(_folder.At(file));
        var decoded = default(PlanarImage);
        var grown = MemoryPeak.Of(() => decoded = ImageDecoder.Decode(_folder.At(file.Split('[')[0]), new() { ShortSide = shortSide }));
        Assert.That((decoded.Width, decoded.Height), Is.EqualTo((shortSide, shortSide)));
        Assert.That(grown, Is.LessThan(80 << 20), $"the image has {3 * Side * Side >> 20} MiB");
    }

    [Test]
    public void A_tiff_of_one_strip_is_read_line_by_line()
    {
        Write("a.tif", TiffBytes.Write(10_000, 9_000, 1, 8, Enumerable.Repeat((byte)90, 10_000 * 9_000).ToArray()));
        var decoded = default(PlanarImage);
        var grown = MemoryPeak.Of(() => decoded = ImageDecoder.Decode(_folder.At("a.tif"), new() { ShortSide = 30 }));
        Assert.That((decoded.Height, (int)decoded.Plane(0)[500]), Is.EqualTo((30, 90)));
        Assert.That(grown, Is.LessThan(40 << 20));
    }

    [TestCase(Enums.Interpretation.Multiband, 5, Enums.BandFormat.Ushort, 0)]
    [TestCase(Enums.Interpretation.Cmyk, 4, Enums.BandFormat.Uchar, 0)]
    [TestCase(Enums.Interpretation.Rgb16, 3, Enums.BandFormat.Ushort, 4095)]
    public void What_no_thumbnail_takes_is_reduced_line_by_line(Enums.Interpretation meaning, int bands, Enums.BandFormat format, int range)
    {
        using Image flat = Image.Black(7000, 5000, bands) + (range > 0 ? 2048 : format == Enums.BandFormat.Ushort ? 25600 : 100), samples = flat.Cast(format);
        using var image = samples.Copy(interpretation: meaning);
        image.WriteToFile(_folder.At("a.tif"));
        var decoded = default(PlanarImage);
        var grown = MemoryPeak.Of(() => decoded = ImageDecoder.Decode(_folder.At("a.tif"), new() { ShortSide = 50, Range = range }));
        Assert.That((decoded.Width, decoded.Height), Is.EqualTo((70, 50)));
        Assert.That((int)decoded.Plane(0)[1000], Is.EqualTo(range > 0 ? 128 : meaning == Enums.Interpretation.Cmyk ? 94 : 100).Within(1));
        Assert.That(grown, Is.LessThan(80 << 20));
    }

    [Test]
    public void A_long_strip_takes_little_memory()
    {
        Write("a.png", PngBytes.Write(250_000, 150, 1, Enumerable.Repeat(new byte[31_251], 150)));
        var decoded = default(PlanarImage);
        var grown = MemoryPeak.Of(() => decoded = ImageDecoder.Decode(_folder.At("a.png"), new() { ShortSide = 32 }));
        Assert.That(decoded.Height, Is.EqualTo(32));
        Assert.That(grown, Is.LessThan(200 << 20));
    }

    [Test]
    public void An_image_that_need_not_be_reduced_stays()
    {
        var path = TestImages.SavePlain(_folder.At("a.png"), 1, 2, 3);
        Assert.That(ImageDecoder.Decode(path, new() { ShortSide = 8, ReduceAbove = 24 * 16 }).Width, Is.EqualTo(24));
        Assert.That(ImageDecoder.Decode(path, new() { ShortSide = 8, ReduceAbove = (24 * 16) - 1 }).Width, Is.EqualTo(12));
    }

    [Test]
    public void Every_broken_file_has_its_own_reason_whatever_other_threads_read()
    {
        using Image noise = Image.Gaussnoise(90, 70, mean: 128, sigma: 50), bytes = noise.Cast(Enums.BandFormat.Uchar);
        foreach (var format in new[] { "jpg", "png", "webp", "tif", "gif" })
        {
            var whole = bytes.WriteToBuffer($".{format}");
            Write($"early.{format}", whole[..(whole.Length / 50)]);
            Write($"late.{format}", whole[..(whole.Length * 9 / 10)]);
        }

        var files = Directory.GetFiles(_folder.Path);
        var alone = files.ToDictionary(file => file, Reason);
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var file = files[i % files.Length];
            Assert.That(Reason(file), Is.EqualTo(alone[file]), Path.GetFileName(file));
        });
        Assert.That(alone.Values.Distinct().Count(), Is.GreaterThan(5), string.Join('\n', alone.Values));
    }

    private static string Reason(string file)
    {
        try
        {
            ImageDecoder.Decode(file);
            return "";
        }
        catch (UnreadableImageException error)
        {
            return error.Reason;
        }
    }

    private void Refuses(string reason, DecodeOptions? options = null)
    {
        var (clock, file) = (Stopwatch.StartNew(), Directory.GetFiles(_folder.Path).Single());
        Assert.That(
            () => ImageDecoder.Decode(file, options),
            Throws.TypeOf<UnreadableImageException>().With.Message.EqualTo($"Cannot read {file} as an image: {reason}"));
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    private void Write(string name, byte[] bytes) => File.WriteAllBytes(_folder.At(name), bytes);
}
