using System.Diagnostics;

namespace Jem.Trainer.Tests.Accidents;

/// <summary><c>jem</c> as a process of its own, which can be killed.</summary>
internal sealed class JemProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private JemProcess(Process process)
    {
        _process = process;
        _ = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>How long a test waits for anything before it fails.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(3);

    public bool HasExited => _process.HasExited;

    public static JemProcess Start(params string[] args) => Start(new Dictionary<string, string>(), args);

    public static JemProcess Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        // A shell starts what it runs in the background deaf to Ctrl-C, and children inherit that.
        var jem = Path.Combine(AppContext.BaseDirectory, "Jem.Trainer.Tool.dll");
        var start = new ProcessStartInfo("env", ["--default-signal=INT,HUP", "dotnet", jem, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new JemProcess(Process.Start(start)!);
    }

    public void Kill() => _process.Kill();

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => Process.Start("kill", ["-INT", $"{_process.Id}"]).WaitForExit();

    /// <summary>What a terminal sends that is closed.</summary>
    public void HangUp() => Process.Start("kill", ["-HUP", $"{_process.Id}"]).WaitForExit();

    public (int Code, string Error) Wait()
    {
        if (!_process.WaitForExit(Patience))
        {
            _process.Kill();
            Assert.Fail($"jem did not end within {Patience.TotalMinutes} minutes.");
        }

        return (_process.ExitCode, _error.GetAwaiter().GetResult().TrimEnd());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
