using System.Diagnostics;
using System.Text.Json;

namespace Peers.Compare;

/// <summary>One of the programs that are compared, in a process of its own, which computes a step when it is its turn.</summary>
internal sealed class Side : IDisposable
{
    // The first steps compile, allocate and choose algorithms; a side is warm when a step takes about as long as the one before.
    private const int LeastWarmUp = 4;
    private const int MostWarmUp = 12;
    private const double Stable = 0.1;

    private readonly List<Turn> _turns = [];
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly int _warmUp;

    public Side(Contender contender, string folder)
    {
        Contender = contender;
        var command = contender.Command(folder);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{contender.Name}: {command[0]} did not start.");
        _errors = _process.StandardError.ReadToEndAsync();
        while (_turns.Count < LeastWarmUp || (_turns.Count < MostWarmUp && Math.Abs((_turns[^1].Milliseconds / _turns[^2].Milliseconds) - 1) > Stable))
        {
            Step();
        }

        _warmUp = _turns.Count;
    }

    public Contender Contender { get; }

    /// <summary>The loss of the first step, before anything is learnt.</summary>
    public double FirstLoss => _turns[0].Loss;

    /// <summary>Milliseconds of the steps after the first ones.</summary>
    public IEnumerable<double> Times => _turns.Skip(_warmUp).Select(turn => turn.Milliseconds);

    public double MedianTime => Median(Times);

    /// <summary>The time that all threads worked in the last step.</summary>
    public TimeSpan LastCpuTime => TimeSpan.FromMilliseconds(_turns[^1].CpuMilliseconds);

    public double MedianCpuTime => Median(_turns.Skip(_warmUp).Select(turn => turn.CpuMilliseconds));

    /// <exception cref="InvalidOperationException">The process failed; the message has its last words.</exception>
    public void Step()
    {
        _process.StandardInput.WriteLine("step");
        _process.StandardInput.Flush();
        _turns.Add(Read<Turn>());
    }

    /// <summary>Forgets the turns that are not to count.</summary>
    /// <param name="counts">Whether a turn counts, by its number from 0.</param>
    public void Keep(Func<int, bool> counts)
    {
        var kept = _turns.Skip(_warmUp).Where((_, i) => counts(i)).ToList();
        _turns.RemoveRange(_warmUp, _turns.Count - _warmUp);
        _turns.AddRange(kept);
    }

    public Account Finish()
    {
        _process.StandardInput.Close();
        return Read<Account>();
    }

    public void Dispose()
    {
        _process.StandardInput.Dispose();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static double Median(IEnumerable<double> times)
    {
        var sorted = times.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private T Read<T>() => _process.StandardOutput.ReadLine() is { } line
        ? JsonSerializer.Deserialize<T>(line)!
        : throw new InvalidOperationException($"{Contender.Name} ended without an answer. {_errors.Result}");
}
