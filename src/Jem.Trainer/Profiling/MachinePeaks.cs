using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Jem.Trainer.Profiling;

/// <summary>
/// The most that this machine computes and reads now, measured in about a second: multiplications with additions on numbers that stay in
/// registers, and a sum over more memory than caches hold, each on all threads at once. The best of some rounds counts, so that what other programs
/// do in one of them does not. No kernel exceeds these, but by taking fewer operations than were counted.
/// </summary>
/// <param name="Gflops">Billions of operations a second; a multiplication and an addition are two.</param>
/// <param name="ReadGbPerSecond">Billions of bytes read from memory a second.</param>
internal sealed record MachinePeaks(double Gflops, double ReadGbPerSecond)
{
    // Rounds of one to two milliseconds: other programs leave some of them alone.
    private const int Rounds = 200, Multiplications = 1_000_000, Numbers = 1 << 26, Slices = 8;

    /// <summary>Bits of the widest vectors that .NET computes with here.</summary>
    public static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>The better of two measurements, for each figure.</summary>
    public static MachinePeaks Best(MachinePeaks one, MachinePeaks other) =>
        new(Math.Max(one.Gflops, other.Gflops), Math.Max(one.ReadGbPerSecond, other.ReadGbPerSecond));

    public static MachinePeaks Measure(int threads)
    {
        var numbers = new float[Numbers];

        // Pages that nobody has written to are one and the same.
        numbers.AsSpan().Fill(1);
        var part = Numbers / Slices / threads;
        var sums = new float[threads];
        var operations = Fastest(threads, (thread, _) => sums[thread] += RegisterProducts.Run(Multiplications));
        var reading = Fastest(
            threads, (thread, round) => sums[thread] += TensorPrimitives.Sum<float>(numbers.AsSpan(((round % Slices * threads) + thread) * part, part)));

        // What nobody looked at might not be computed.
        GC.KeepAlive(sums);
        return new MachinePeaks(
            threads * RegisterProducts.Operations(Multiplications) / operations / 1e9,
            (double)threads * part * sizeof(float) / reading / 1e9);
    }

    // Seconds of the fastest round. All threads begin one together, and it ends with the last of them.
    private static double Fastest(int threads, Action<int, int> work)
    {
        var (best, start) = (double.PositiveInfinity, 0L);
        using var round = new Barrier(threads, round =>
        {
            best = round.CurrentPhaseNumber > 0 ? Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds) : best;
            start = Stopwatch.GetTimestamp();
        });
        void Run(int thread)
        {
            round.SignalAndWait();
            for (var i = 0; i < Rounds; i++)
            {
                work(thread, i);
                round.SignalAndWait();
            }
        }

        Thread[] all = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() => Run(thread)) { IsBackground = true })];
        Array.ForEach(all, thread => thread.Start());
        Array.ForEach(all, thread => thread.Join());
        return best;
    }
}
