using Jem.Imaging.Files;

namespace Jem.Imaging.Tests.Files;

public sealed class AtomicFileTests
{
    [Test]
    public void A_write_that_fails_leaves_what_was_there_and_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        var path = folder.At("file.txt");
        AtomicFile.Write(path, "first");
        Assert.That(() => AtomicFile.Write(path, file => { file.Write("sec"u8); throw new IOException("No space left on device"); }), Throws.TypeOf<IOException>());
        Assert.That(File.ReadAllText(path), Is.EqualTo("first"));
        Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void A_write_replaces_what_was_there()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder.At("file.txt"), "first, and longer");
        AtomicFile.Write(folder.At("file.txt"), "second");
        Assert.That(File.ReadAllText(folder.At("file.txt")), Is.EqualTo("second"));
    }
}
