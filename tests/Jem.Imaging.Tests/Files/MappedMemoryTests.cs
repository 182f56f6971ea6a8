using System.Runtime.InteropServices;
using Jem.Imaging.Files;

namespace Jem.Imaging.Tests.Files;

public sealed class MappedMemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Numbers_behind_a_header_are_those_of_the_file()
    {
        float[] numbers = [1, -2.5f, float.Epsilon, 3e38f];
        using var mapped = Map<float>([9, 9, 9, 9, .. MemoryMarshal.AsBytes<float>(numbers)], offset: 4);
        Assert.That(mapped.Length, Is.EqualTo(4));
        Assert.That(mapped.Slice(0, 4).ToArray(), Is.EqualTo(numbers));
        Assert.That(mapped.Slice(1, 2).ToArray(), Is.EqualTo(numbers[1..3]));
        using var pin = mapped.Slice(2, 2).Pin();
        unsafe
        {
            Assert.That(((float*)pin.Pointer)[1], Is.EqualTo(3e38f));
        }
    }

    [TestCase(-1, 1)]
    [TestCase(0, 5)]
    [TestCase(4, 1)]
    [TestCase(1, -1)]
    public void What_lies_outside_is_refused(long first, int count)
    {
        using var mapped = Map<byte>([1, 2, 3, 4]);
        Assert.That(
            () => mapped.Slice(first, count),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith($"{count} numbers from {first} on were asked for; the file has 4."));
    }

    [Test]
    public void An_empty_file_and_a_header_alone_have_no_numbers()
    {
        using var empty = Map<byte>([]);
        using var header = Map<float>([1, 2, 3, 4], offset: 4);
        Assert.That((empty.Length, header.Length, header.Slice(0, 0).Length), Is.EqualTo((0, 0, 0)));
    }

    [Test]
    public void What_was_mapped_stays_when_the_file_is_replaced_and_removed()
    {
        using var mapped = Map<byte>([1, 2, 3, 4]);
        AtomicFile.Write(_folder.At("file"), [5, 6, 7, 8]);
        Assert.That(mapped.Slice(0, 4).ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4 }));
        File.Delete(_folder.At("file"));
        Assert.That(mapped.Slice(0, 4).ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void A_part_cannot_be_read_after_disposal()
    {
        var mapped = Map<byte>([1, 2, 3, 4]);
        var part = mapped.Slice(1, 2);
        mapped.Dispose();
        Assert.That(() => part.Span[0], Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Parts_beyond_32_bits_are_read_and_cost_no_memory()
    {
        // A file with a hole: 5 GiB that take no room.
        const long At = (4L << 30) + 123;
        using (var file = File.Create(_folder.At("file")))
        {
            file.SetLength(5L << 30);
            RandomAccess.Write(file.SafeFileHandle, [7, 8, 9], At);
        }

        using var opened = File.OpenRead(_folder.At("file"));
        using var mapped = new MappedMemory<byte>(opened);
        Assert.That(mapped.Slice(At, 3).ToArray(), Is.EqualTo(new byte[] { 7, 8, 9 }));
        Assert.That(mapped.Slice((3L << 30) - 1, (1 << 30) + 200).Span[^76..^73].ToArray(), Is.EqualTo(new byte[] { 7, 8, 9 }), "across the ends of segments");
        Assert.That(mapped.Slice(At - int.MaxValue, int.MaxValue).Span[^1], Is.Zero, "longer than what a segment has left");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            mapped.Slice(At + i, 1000);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private MappedMemory<T> Map<T>(byte[] bytes, long offset = 0)
        where T : unmanaged
    {
        File.WriteAllBytes(_folder.At("file"), bytes);
        using var file = File.Open(_folder.At("file"), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        return new MappedMemory<T>(file, offset);
    }
}
