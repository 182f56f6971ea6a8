using System.Diagnostics;
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
        Assert.That(
            () => AtomicFile.Write(path, file => { file.Write("sec"u8); throw new IOException("No space left on device"); }),
            Throws.TypeOf<IOException>());
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

    [Test]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there.")]
    public void A_link_stays_one_and_what_it_leads_to_is_replaced()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("elsewhere/file.txt"), "first");
        File.CreateSymbolicLink(folder.At("link.txt"), folder.At("elsewhere/file.txt"));
        AtomicFile.Write(folder.At("link.txt"), "second");
        Assert.That(File.ReadAllText(folder.At("elsewhere/file.txt")), Is.EqualTo("second"));
        Assert.That(new FileInfo(folder.At("link.txt")).LinkTarget, Is.EqualTo(folder.At("elsewhere/file.txt")));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there.")]
    public void A_link_that_is_named_without_a_folder_leads_from_the_current_one()
    {
        var (link, target) = ($"link-{Guid.NewGuid():N}", $"target-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllText(target, "first");
            File.CreateSymbolicLink(link, target);
            AtomicFile.Write(link, "second");
            Assert.That(File.ReadAllText(target), Is.EqualTo("second"));
        }
        finally
        {
            File.Delete(link);
            File.Delete(target);
        }
    }

    [Test]
    [Platform("Linux")]
    public void A_pipe_is_not_replaced()
    {
        using var folder = new TemporaryFolder();
        var pipe = folder.At("pipe.csv");
        Process.Start("mkfifo", pipe).WaitForExit();
        Assert.That(() => new AtomicFile(pipe).Dispose(), Throws.TypeOf<IOException>().With.Message.StartsWith($"{pipe} is a device or a pipe"));
        Assert.That(FileStatus.Of(pipe).Kind, Is.EqualTo(FileKind.Other));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there.")]
    public void A_device_is_not_replaced_nor_what_a_link_leads_to()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.At("link.csv"), "/dev/null");
        Assert.That(
            () => new AtomicFile(folder.At("link.csv")).Dispose(),
            Throws.TypeOf<IOException>().With.Message.StartsWith($"{folder.At("link.csv")} is a device"));
    }

    [Test]
    public void Until_it_is_committed_the_file_is_the_old_one_and_afterwards_the_new_one()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder.At("file.txt"), "first");
        using (var file = new AtomicFile(folder.At("file.txt")))
        {
            file.Stream.Write("second"u8);
            file.Stream.Flush();
            Assert.That(File.ReadAllText(folder.At("file.txt")), Is.EqualTo("first"));
            file.Commit();
            Assert.That(File.ReadAllText(folder.At("file.txt")), Is.EqualTo("second"));
        }

        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_second_writer_is_refused_and_does_not_harm_the_first()
    {
        using var folder = new TemporaryFolder();
        using (var first = new AtomicFile(folder.At("file.txt")))
        {
            first.Stream.Write("first"u8);
            Assert.That(() => new AtomicFile(folder.At("file.txt")), Throws.InstanceOf<IOException>());
            first.Commit();
        }

        Assert.That(File.ReadAllText(folder.At("file.txt")), Is.EqualTo("first"));
    }

    [Test]
    public void Of_many_writers_each_that_is_told_of_success_wrote_a_whole_file()
    {
        using var folder = new TemporaryFolder();
        var (path, written) = (folder.At("file"), 0);
        Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            try
            {
                AtomicFile.Write(path, new string((char)('a' + (i % 26)), 100));
                Interlocked.Increment(ref written);
            }
            catch (IOException error) when (Disk.IsInUse(error))
            {
            }

            if (File.Exists(path) && ReadShared(path) is { } text)
            {
                Assert.That((text.Length, text.Distinct().Count()), Is.EqualTo((100, 1)));
            }
        });
        Assert.That(written, Is.GreaterThan(10));
        Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { path }));
    }

    // Null while a writer has not let go of the file that it has just given its name.
    private static string? ReadShared(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException error) when (Disk.IsInUse(error))
        {
            return null;
        }
    }

    [Test]
    public void A_name_that_cannot_be_given_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.At("taken", "inside"));
        Assert.That(() => AtomicFile.Write(folder.At("taken"), "text"), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }
}
