using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Jem.Checks.Cuda;

/// <summary><c>jem</c> in a process of its own: this program, called again.</summary>
internal sealed partial class JemProcess : IDisposable
{
    // A machine with a GPU is lent for a short time: what hangs must not take it all.
    private static readonly TimeSpan s_enough = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _error;

    public JemProcess(params string[] arguments)
        : this(["jem", .. arguments], "CUDA_LAUNCH_BLOCKING=0")
    {
    }

    private JemProcess(IReadOnlyList<string> arguments, string environment)
    {
        // In a build for development the program is a library that dotnet runs.
        var own = Environment.ProcessPath!;
        string[] all = Path.GetFileNameWithoutExtension(own) == "dotnet" ? [typeof(JemProcess).Assembly.Location, .. arguments] : [.. arguments];
        var start = new ProcessStartInfo(own, all) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[environment.Split('=')[0]] = environment.Split('=')[1];
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _error = _process.StandardError.ReadToEndAsync();
        AppDomain.CurrentDomain.ProcessExit += End;
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Ends it as a power cut does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Ends it as Ctrl-C does, which saves.</summary>
    public void Interrupt()
    {
        const int Terminate = 15;
        _ = kill(_process.Id, Terminate);
        _process.WaitForExit(s_enough);
    }

    /// <exception cref="InvalidOperationException">It fails, or takes too long; the message has what it said.</exception>
    public void Finish()
    {
        if (!_process.WaitForExit(s_enough))
        {
            Kill();
            throw new InvalidOperationException($"jem took more than {s_enough.TotalMinutes} minutes: {_error.Result.Trim()}");
        }

        if (_process.ExitCode != 0)
        {
            throw new InvalidOperationException($"jem ends with {_process.ExitCode}: {_error.Result.Trim()}");
        }
    }

    // A child must not go on when this program is ended, or a part fails: a machine with a GPU costs by the minute.
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= End;
        End(null, EventArgs.Empty);
        _process.Dispose();
    }

    private void End(object? sender, EventArgs e)
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    /// <summary>Runs it to its end.</summary>
    /// <inheritdoc cref="Finish"/>
    public static void Run(params string[] arguments)
    {
        using var process = new JemProcess(arguments);
        process.Finish();
    }

    /// <summary>Runs another verb of this program, in which every piece of work for the GPU is waited for, as an operator's time needs it.</summary>
    /// <inheritdoc cref="Finish"/>
    public static void RunWaiting(params string[] arguments)
    {
        using var process = new JemProcess(arguments, "CUDA_LAUNCH_BLOCKING=1");
        process.Finish();
    }
}
