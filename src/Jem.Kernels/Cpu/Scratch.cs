using System.Runtime.InteropServices;

namespace Jem.Kernels.Cpu;

/// <summary>
/// Memory for the duration of a <c>using</c>, kept afterwards for the next kernel: training runs the same kernels each step,
/// and fresh pages would be cleared by the operating system each time. Contents are undefined.
/// </summary>
internal readonly unsafe struct Scratch : IDisposable
{
    private const int Alignment = 64;

    private static readonly List<Scratch> Idle = [];

    private readonly long _length;

    private Scratch(long length)
    {
        _length = length;
        Data = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), Alignment);
    }

    /// <summary>The first of the numbers asked for, on a cache line's border.</summary>
    public float* Data { get; }

    /// <summary>Lends at least <paramref name="length"/> numbers.</summary>
    public static Scratch Rent(long length)
    {
        lock (Idle)
        {
            var best = -1;
            for (var i = 0; i < Idle.Count; i++)
            {
                if (Idle[i]._length >= length && (best < 0 || Idle[i]._length < Idle[best]._length))
                {
                    best = i;
                }
            }

            if (best >= 0)
            {
                var scratch = Idle[best];
                Idle.RemoveAt(best);
                return scratch;
            }

            // One that is too small makes room, so that a growing need does not leave its history behind.
            if (Idle.Count > 0)
            {
                NativeMemory.AlignedFree(Idle[^1].Data);
                Idle.RemoveAt(Idle.Count - 1);
            }
        }

        return new Scratch(Math.Max(1, length));
    }

    public void Dispose()
    {
        lock (Idle)
        {
            Idle.Add(this);
        }
    }
}
