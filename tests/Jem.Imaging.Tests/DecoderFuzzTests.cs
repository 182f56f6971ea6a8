using System.Buffers.Binary;
using System.Diagnostics;
using NetVips;

namespace Jem.Imaging.Tests;

/// <summary>
/// Damaged files of every format, always the same ones: each is read or refused by its name, soon, and within little memory.
/// <c>JEM_FUZZ_FILES</c> sets their number, <c>JEM_FUZZ_SEED</c> draws others.
/// </summary>
[NonParallelizable]
public sealed class DecoderFuzzTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);

    private static readonly string[] s_formats =
    [
        "jpg", "jpg[interlace]", "png", "png[interlace]", "png[palette]", "png[bitdepth=1]", "webp", "webp[lossless]", "gif", "tif", "tif[compression=lzw]",
        "tif[compression=jpeg]", "tif[tile,tile-width=16,tile-height=16,compression=deflate]", "tif[bigtiff,pyramid,tile]", "avif[effort=0]",
    ];

    [Test]
    public void A_damaged_file_is_read_or_named()
    {
        var (files, seed) = (Setting("JEM_FUZZ_FILES", 1000), Setting("JEM_FUZZ_SEED", 1));
        using var folder = new TemporaryFolder();
        var whole = s_formats.Select(Whole).Append(Bitmap()).Append(Animation()).ToArray();
        var (path, good, slowest, random) = (folder.At("a"), 0, TimeSpan.Zero, new Random(seed));
        var grown = MemoryPeak.Of(() =>
        {
            for (var i = 0; i < files; i++)
            {
                var file = Damaged(whole[i % whole.Length], random);
                File.WriteAllBytes(path, file);
                var clock = Stopwatch.StartNew();
                try
                {
                    ImageDecoder.Decode(path, new() { ShortSide = random.Next(2) * 8 });
                    good++;
                }
                catch (UnreadableImageException error) when (error.Message.Contains(path, StringComparison.Ordinal) && !error.Message.Contains('\n'))
                {
                }
                catch (Exception error)
                {
                    File.WriteAllBytes(Kept(seed, i), file);
                    Assert.Fail($"File {i} of seed {seed}, kept as {Kept(seed, i)}: {error}");
                }

                slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
                if (clock.Elapsed > s_soon)
                {
                    File.WriteAllBytes(Kept(seed, i), file);
                    Assert.Fail($"File {i} of seed {seed}, kept as {Kept(seed, i)}, takes {clock.Elapsed}.");
                }
            }
        });
        TestContext.Out.WriteLine(
            $"{files} files, {good} of them readable; the slowest takes {slowest.TotalMilliseconds:F0} ms; {grown >> 20} MiB more memory.");
        Assert.That(good, Is.InRange(files / 20, files * 19 / 20), "damage that matters sometimes");
        Assert.That(grown, Is.LessThan(1L << 30));
    }

    private static string Kept(int seed, int file) => Path.Combine(Path.GetTempPath(), $"jem-fuzz-{seed}-{file}");

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), out var number) ? number : otherwise;

    /// <summary>One of: cut, bytes altered anywhere, a number of the header set to an extreme, a part doubled or taken out.</summary>
    private static byte[] Damaged(byte[] whole, Random random)
    {
        var file = whole.ToArray();
        switch (random.Next(5))
        {
            case 0:
                return file[..random.Next(1, file.Length)];
            case 1:
                for (var i = random.Next(1, 20); i > 0; i--)
                {
                    file[random.Next(file.Length)] = (byte)random.Next(256);
                }

                return file;
            case 2:
            case 3:
                // Width and height are among the first numbers of every format, or among the last of a TIFF.
                var head = Math.Min(200, file.Length - 4);
                var at = random.Next(2) == 0 ? random.Next(head) : file.Length - 4 - random.Next(head);
                int[] extremes = [0, 1, 255, 65535, 65536, 262_144, 1_000_000, int.MaxValue, -1, random.Next()];
                var number = extremes[random.Next(extremes.Length)];
                var four = file.AsSpan(at, 4);
                switch (random.Next(4))
                {
                    case 0: BinaryPrimitives.WriteInt32BigEndian(four, number); break;
                    case 1: BinaryPrimitives.WriteInt32LittleEndian(four, number); break;
                    case 2: BinaryPrimitives.WriteInt16BigEndian(four, (short)number); break;
                    default: BinaryPrimitives.WriteInt16LittleEndian(four, (short)number); break;
                }

                Repair(file);
                return file;
            default:
                var (start, length) = (random.Next(file.Length), random.Next(1, 200));
                var end = Math.Min(file.Length, start + length);
                return random.Next(2) == 0 ? [.. file[..end], .. file[start..]] : [.. file[..start], .. file[end..]];
        }
    }

    /// <summary>A PNG whose header does not fit its checksum is refused before anything else is looked at.</summary>
    private static void Repair(byte[] file)
    {
        const int Header = 12, End = 29;
        if (file.AsSpan(0, 4).SequenceEqual((byte[])[0x89, (byte)'P', (byte)'N', (byte)'G']))
        {
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(End), PngBytes.Crc32(file.AsSpan(Header, End - Header)));
        }
    }

    private static byte[] Whole(string format)
    {
        using Image noise = Image.Gaussnoise(48, 40, mean: 128, sigma: 50, seed: 1), blurred = noise.Gaussblur(2), grey = blurred.Cast(Enums.BandFormat.Uchar);
        using Image turned = grey.Rot180(), colour = grey.Bandjoin(turned, grey), image = colour.Copy(interpretation: Enums.Interpretation.Srgb);
        return image.WriteToBuffer($".{format}");
    }

    private static byte[] Animation()
    {
        using Image noise = Image.Gaussnoise(24, 48, mean: 128, sigma: 50, seed: 1), grey = noise.Cast(Enums.BandFormat.Uchar);
        using var colour = grey.Bandjoin(grey, grey);
        using var frames = colour.Copy(interpretation: Enums.Interpretation.Srgb).Mutate(change => change.Set(GValue.GIntType, "page-height", 16));
        return frames.WebpsaveBuffer();
    }

    private static byte[] Bitmap()
    {
        var file = new byte[54 + 1024 + (40 * 48)];
        (file[0], file[1], file[26], file[28]) = ((byte)'B', (byte)'M', 1, 8);
        foreach (var (at, value) in new[] { (10, 54 + 1024), (14, 40), (18, 48), (22, 40) })
        {
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        }

        return file;
    }
}
