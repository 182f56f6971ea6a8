using Jem.Trainer.Sessions;

namespace Jem.Trainer.Tests.Sessions;

public class CoresTests
{
    [TestCase(new[] { "0", "1" }, 2)]
    [TestCase(new[] { "0-1", "0-1", "2-3", "2-3" }, 2)]
    [TestCase(new string[0], int.MaxValue)]
    public void LogicalProcessorsOfOneCoreCountOnce(string[] siblings, int cores)
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
    public void AFolderThatIsMissingTellsNothing() => Assert.That(Cores.Physical("/no/such/folder"), Is.EqualTo(int.MaxValue));
}
