using Jem.Imaging.Files;

namespace Jem.Imaging.Tests.Files;

public sealed class FileLockTests
{
    [Test]
    public void A_second_holder_is_refused_until_the_first_lets_go()
    {
        using var folder = new TemporaryFolder();
        using (FileLock.TryTake(folder.At("lock")))
        {
            Assert.That(FileLock.TryTake(folder.At("lock")), Is.Null);
        }

        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
        using var next = FileLock.TryTake(folder.At("lock"));
        Assert.That(next, Is.Not.Null);
    }

    [Test]
    public void A_file_that_a_killed_process_left_is_taken()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("lock"), "left");
        using var taken = FileLock.TryTake(folder.At("lock"));
        Assert.That(taken, Is.Not.Null);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there.")]
    public void A_lock_may_be_a_link()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("elsewhere"), "");
        File.CreateSymbolicLink(folder.At("lock"), folder.At("elsewhere"));
        using var taken = FileLock.TryTake(folder.At("lock"));
        Assert.That((taken, FileLock.TryTake(folder.At("lock"))), Is.EqualTo((taken, (FileLock?)null)));
    }

    [Test]
    public void Of_many_that_take_and_let_go_there_is_one_holder_at_a_time()
    {
        using var folder = new TemporaryFolder();
        var (path, holders, taken, twice) = (folder.At("lock"), 0, 0, 0);
        Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using var held = FileLock.TryTake(path);
            if (held is not null)
            {
                Interlocked.Add(ref twice, Interlocked.Increment(ref holders) - 1);
                Interlocked.Increment(ref taken);
                Thread.SpinWait(50);
                Interlocked.Decrement(ref holders);
            }
        });
        Assert.That((twice, taken), Is.EqualTo((0, taken)));
        Assert.That(taken, Is.GreaterThan(100));
    }
}
