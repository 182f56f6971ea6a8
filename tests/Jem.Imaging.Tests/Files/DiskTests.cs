using Jem.Imaging.Files;

namespace Jem.Imaging.Tests.Files;

public sealed class DiskTests
{
    [Test]
    public void A_file_that_another_keeps_is_told_from_a_folder_that_is_not_there()
    {
        using var folder = new TemporaryFolder();
        FileStream Open(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var held = Open(folder.At("file"));
        Assert.That(Disk.IsInUse(Assert.Catch<IOException>(() => Open(folder.At("file")))!), Is.True);
        Assert.That(Disk.IsInUse(Assert.Catch<IOException>(() => Open(Path.Combine(folder.Path, "none", "file")))!), Is.False);
        Assert.That(Disk.IsFull(Assert.Catch<IOException>(() => Open(folder.At("file")))!), Is.False);
    }
}
