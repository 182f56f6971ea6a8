using Jem.Imaging.Files;

namespace Jem.Imaging.Tests.Files;

public sealed class AtomicFilesTests
{
    [Test]
    public void Files_that_belong_together_appear_together()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder.At("a"), "old");
        using (var files = new AtomicFiles())
        {
            files.Add(folder.At("a"), "new");
            files.Add(folder.At("b"), "new"u8.ToArray());
            Assert.That((File.ReadAllText(folder.At("a")), File.Exists(folder.At("b"))), Is.EqualTo(("old", false)));
            files.Commit();
        }

        Assert.That(Directory.GetFiles(folder.Path).Order().Select(File.ReadAllText), Is.EqualTo(new[] { "new", "new" }));
    }

    [Test]
    public void One_that_fails_leaves_all_as_they_were()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder.At("a"), "old");
        using (var files = new AtomicFiles())
        {
            files.Add(folder.At("a"), "new");
            Assert.That(() => files.Add(folder.At("b"), _ => throw new IOException("No space left on device")), Throws.TypeOf<IOException>());
        }

        Assert.That(Directory.GetFiles(folder.Path).Select(File.ReadAllText), Is.EqualTo(new[] { "old" }));
    }

    [Test]
    public void A_name_that_cannot_be_given_leaves_all_as_they_were()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder.At("a"), "old");
        Directory.CreateDirectory(folder.At("b"));
        using (var files = new AtomicFiles())
        {
            files.Add(folder.At("a"), "new");
            files.Add(folder.At("b"), "new");
            Assert.That(files.Commit, Throws.TypeOf<IOException>().With.Message.EqualTo(
                $"{folder.At("b")} is a folder; expected a file, or nothing. Move it away."));
        }

        Assert.That(Directory.GetFiles(folder.Path).Select(File.ReadAllText), Is.EqualTo(new[] { "old" }));
    }
}
