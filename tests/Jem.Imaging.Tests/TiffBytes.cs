using System.Buffers.Binary;

namespace Jem.Imaging.Tests;

/// <summary>TIFF files of one uncompressed strip, written tag by tag, to say what no program writes on purpose.</summary>
internal static class TiffBytes
{
    public const int ImageWidth = 256, BitsPerSample = 258, Photometric = 262, SamplesPerPixel = 277, ExtraSamples = 338, SampleFormat = 339;

    /// <param name="big">BigTIFF, with 64 bits per address.</param>
    /// <param name="tags">Beside those of every image; they replace these.</param>
    /// <param name="pages">So many directories for the same pixels; what the tags say is said of each.</param>
    public static byte[] Write(
        int width, int height, int samples, int bits, byte[] pixels, bool big = false, int pages = 1, params (int Tag, int[] Values)[] tags)
    {
        var all = new SortedDictionary<int, int[]>
        {
            [ImageWidth] = [width],
            [257] = [height],
            [BitsPerSample] = [.. Enumerable.Repeat(bits, samples)],
            [259] = [1],
            [Photometric] = [samples < 3 ? 1 : 2],
            [273] = [16],
            [SamplesPerPixel] = [samples],
            [278] = [height],
            [279] = [pixels.Length],
        };
        foreach (var (tag, values) in tags)
        {
            all[tag] = values;
        }

        List<byte> file = [.. "II"u8, .. big ? Number(43, 2) : Number(42, 2), .. new byte[12], .. pixels];
        var link = big ? 8 : 4;
        if (big)
        {
            Put(file, Number(8, 2), 4);
        }

        for (var page = 0; page < pages; page++)
        {
            var far = all.ToDictionary(tag => tag.Key, tag => file.Count);
            foreach (var (tag, values) in all)
            {
                far[tag] = file.Count;
                file.AddRange(values.SelectMany(value => Number(value, 4)));
            }

            Put(file, Number(file.Count, big ? 8 : 4), link);
            file.AddRange(Number(all.Count, big ? 8 : 2));
            foreach (var (tag, values) in all)
            {
                file.AddRange([.. Number(tag, 2), .. Number(4, 2), .. Number(values.Length, big ? 8 : 4)]);
                file.AddRange(values.Length == 1 ? Number(values[0], big ? 8 : 4) : big && values.Length == 2
                    ? [.. Number(values[0], 4), .. Number(values[1], 4)]
                    : Number(far[tag], big ? 8 : 4));
            }

            link = file.Count;
            file.AddRange(Number(0, big ? 8 : 4));
        }

        return [.. file];
    }

    private static byte[] Number(long value, int size)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes[..size];
    }

    private static void Put(List<byte> file, byte[] bytes, int at)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            file[at + i] = bytes[i];
        }
    }
}
