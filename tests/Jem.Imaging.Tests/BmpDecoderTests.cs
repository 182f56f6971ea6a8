using System.Buffers.Binary;

namespace Jem.Imaging.Tests;

public sealed class BmpDecoderTests
{
    [Test]
    public void Rows_of_24_bits_stand_upside_down_and_are_padded()
    {
        var image = Decode(Bitmap(1, 2, 24, 0, [], [3, 2, 1, 0, 6, 5, 4, 0]));
        Assert.That(image.Pixels.ToArray(), Is.EqualTo(new byte[] { 4, 1, 5, 2, 6, 3 }));
    }

    [Test]
    public void A_negative_height_means_upright()
    {
        var image = Decode(Bitmap(1, -2, 32, 0, [], [3, 2, 1, 0, 6, 5, 4, 0]));
        Assert.That(image.Pixels.ToArray(), Is.EqualTo(new byte[] { 1, 4, 2, 5, 3, 6 }));
    }

    [TestCase(1, 0b0100_0000)]
    [TestCase(4, 0x01)]
    public void Small_samples_look_up_the_palette(int bits, int row)
    {
        var image = Decode(Bitmap(2, 1, bits, 0, [0, 0, 9, 0, 7, 8, 0, 0], [(byte)row, 0, 0, 0]));
        Assert.That(image.Pixels.ToArray(), Is.EqualTo(new byte[] { 9, 0, 0, 8, 0, 7 }));
    }

    [Test]
    public void Sixteen_bits_are_five_for_each_colour_unless_masks_say_otherwise()
    {
        Assert.That(Decode(Bitmap(1, 1, 16, 0, [], [0xFF, 0x7F, 0, 0])).Pixels.ToArray(), Is.EqualTo(new byte[] { 255, 255, 255 }));
        Assert.That(
            Decode(Bitmap(1, 1, 16, 3, [0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0], [0xE0, 7, 0, 0])).Pixels.ToArray(),
            Is.EqualTo(new byte[] { 0, 255, 0 }));
    }

    [Test]
    public void A_large_bitmap_is_reduced_to_a_short_side()
    {
        var image = Decode(Bitmap(6, 4, 8, 0, [30, 20, 10, 0], new byte[32]), shortSide: 2);
        Assert.That((image.Width, image.Height), Is.EqualTo((3, 2)));
        Assert.That((image.Plane(0)[5], image.Plane(1)[5], image.Plane(2)[5]), Is.EqualTo((10, 20, 30)));
    }

    [Test]
    public void Damage_is_an_error()
    {
        var whole = Bitmap(1, 2, 24, 0, [], [3, 2, 1, 0, 6, 5, 4, 0]);
        Assert.That(() => Decode(whole[..^1]), Throws.InstanceOf<JemException>().With.Message.Contains("cut off: it needs 62 bytes and has 61"));
        Assert.That(() => Decode(whole[..20]), Throws.InstanceOf<JemException>().With.Message.Contains("header is cut off"));
        Assert.That(() => Decode(Bitmap(1, 1, 24, 1, [], [])), Throws.InstanceOf<JemException>().With.Message.Contains("compression 1 is not supported"));
        Assert.That(() => Decode(Bitmap(int.MaxValue, int.MaxValue, 32, 0, [], [])), Throws.InstanceOf<JemException>());
    }

    private static PlanarImage Decode(byte[] bitmap, int shortSide = 0)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.At("a.bmp"), bitmap);
        return ImageDecoder.Decode(folder.At("a.bmp"), new() { ShortSide = shortSide });
    }

    private static byte[] Bitmap(int width, int height, int bits, int compression, byte[] paletteOrMasks, byte[] rows)
    {
        var header = new byte[54];
        (header[0], header[1], header[26], header[28], header[14]) = ((byte)'B', (byte)'M', 1, (byte)bits, 40);
        foreach (var (at, value) in new[] { (10, 54 + paletteOrMasks.Length), (18, width), (22, height), (30, compression) })
        {
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(at), value);
        }

        return [.. header, .. paletteOrMasks, .. rows];
    }
}
