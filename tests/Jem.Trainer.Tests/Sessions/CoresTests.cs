using Jem.Trainer.Sessions;

namespace Jem.Trainer.Tests.Sessions;

public class CoresTests
{
    [TestCase(new[] { "0", "1" }, 2)]
    [TestCase(new[] { "0-1", "0-1", "2-3", "2-3" }, 2)]
    [TestCase(new string[0], int.MaxValue)]
    public void Logical_processors_of_one_core_count_once(string[] siblings, int cores)
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < siblings.Length; i++)
        {
            var topology = Directory.CreateDirectory(Path.Combine(folder.Path, $"cpu{i}", "topology")).FullName;
            File.WriteAllText(Path.Combine(topology, "thread_siblings_list"), siblings[i] + "\n");
        }

        Directory.CreateDirectory(Path.Combine(folder.Path, "cpufreq"));

        Assert.That(Cores.Physical(folder.Path), Is.EqualTo(cores));
    }

    [Test]
    public void Threads_that_are_asked_for_are_taken()
    {
        Assert.That(Cores.Of(3), Is.EqualTo(3));
        Assert.That(Cores.Of(0), Is.InRange(1, Environment.ProcessorCount));
    }

    [Test]
    public void A_folder_that_is_missing_tells_nothing() => Assert.That(Cores.Physical("/no/such/folder"), Is.EqualTo(int.MaxValue));
}
