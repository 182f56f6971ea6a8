using System.Runtime.CompilerServices;
using Jem.Kernels.Cpu;

namespace Jem.Kernels.Tests;

public unsafe class ScratchTests
{
    [Test]
    public void A_block_comes_back_to_the_thread_that_gave_it([Values(100, 3 << 20)] int length)
    {
        nint first;
        using (var block = Scratch.Rent(length))
        {
            first = (nint)block.Data;
            Assert.That((long)first % 64, Is.Zero);
            block.Data[length - 1] = 1;
        }

        using var again = Scratch.Rent(length);
        Assert.That((nint)again.Data, Is.EqualTo(first));
    }

    [Test]
    public void Of_two_blocks_the_smallest_that_is_large_enough_is_lent()
    {
        var pool = new ScratchPool();
        var (small, large) = (pool.Take(100), pool.Take(1000));
        pool.Give(small);
        pool.Give(large);
        Assert.That(new[] { pool.Take(90), pool.Take(101) }, Is.EqualTo(new[] { small, large }));
    }

    [Test]
    public void Two_blocks_at_a_time_do_not_overlap()
    {
        using var one = Scratch.Rent(64);
        using var other = Scratch.Rent(64);
        Assert.That(Math.Abs(one.Data - other.Data), Is.GreaterThanOrEqualTo(64));
    }

    [Test]
    public void Memory_of_threads_that_are_gone_is_freed()
    {
        // 400 threads with 4 MiB each, where the collector sees 400 small objects.
        var before = Resident();
        for (var i = 0; i < 400; i++)
        {
            RentOnAThread();
        }

        Assert.That(Resident() - before, Is.LessThan(800L << 20));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RentOnAThread()
    {
        var thread = new Thread(() =>
        {
            const int Length = 1 << 20;
            using var block = Scratch.Rent(Length);
            new Span<float>(block.Data, Length).Fill(1);
        });
        thread.Start();
        thread.Join();
    }

    private static long Resident() => Environment.WorkingSet;
}
