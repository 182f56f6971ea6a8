using System.Diagnostics;
using Jem.Embed.Tool.Commands;

namespace Jem.Embed.Tests.Tool;

/// <summary><c>jem-embed</c> as a process of its own, which is stopped in the midst of its work.</summary>
[Platform(Exclude = "Win", Reason = "These are signals of POSIX.")]
public sealed class SignalTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase("INT")]
    [TestCase("TERM")]
    [TestCase("HUP")]
    public void A_signal_ends_the_work_and_leaves_nothing(string signal)
    {
        using var process = StartIndexing();
        Send(signal, process);
        var error = process.StandardError.ReadToEnd();
        Assert.That(process.WaitForExit(s_patience));
        Assert.That((process.ExitCode, error), Is.EqualTo((130, "Interrupted.\n")));
        Assert.That(Directory.GetFileSystemEntries(_folder.Path, "index*"), Is.Empty);
    }

    [Test]
    public async Task What_was_killed_is_in_nobodys_way()
    {
        using (var process = StartIndexing())
        {
            Send("KILL", process);
            Assert.That(process.WaitForExit(s_patience));
        }

        Assert.That(Directory.Exists(_folder.At("index.part")));
        using var output = new StringWriter();
        var code = await EmbedApp.RunAsync(["index", _folder.At("photos"), "--model", _folder.At("e.onnx"), "--out", _folder.At("index")], output, output);
        Assert.That(code, Is.Zero, output.ToString());
        Assert.That(Directory.GetFileSystemEntries(_folder.Path, "index*"), Is.EqualTo(new[] { _folder.At("index") }));
    }

    // Returns when vectors are being written, long before the last.
    private Process StartIndexing()
    {
        var image = File.ReadAllBytes(TestImages.SavePlain(_folder.At("a.png"), 1, 2, 3));
        var photos = Directory.CreateDirectory(_folder.At("photos")).FullName;
        for (var i = 0; i < 2000; i++)
        {
            File.WriteAllBytes(Path.Combine(photos, $"{i}.png"), image);
        }

        // A shell starts what it runs in the background deaf to Ctrl-C, and children inherit that.
        var tool = Path.Combine(AppContext.BaseDirectory, "Jem.Embed.Tool.dll");
        string[] index = ["index", photos, "--model", TestEncoder.Write(_folder.At("e.onnx")), "--out", _folder.At("index"), "--batch", "1"];
        var process = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT,HUP", "dotnet", tool, .. index])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var watch = Stopwatch.StartNew();
        var vectors = Path.Combine(_folder.At("index.part"), "new", "vectors.npy.partial");
        while (!(File.Exists(vectors) && new FileInfo(vectors).Length > 0))
        {
            Assert.That((process.HasExited, watch.Elapsed < s_patience), Is.EqualTo((false, true)));
            Thread.Sleep(5);
        }

        return process;
    }

    private static void Send(string signal, Process process) => Process.Start("kill", [$"-{signal}", $"{process.Id}"]).WaitForExit();
}
