using System.Runtime.InteropServices;

namespace Jem.Kernels.Cpu;

/// <summary>
/// Memory for the duration of a <c>using</c>, kept afterwards for the next kernel: training runs the same kernels each step,
/// and fresh pages would be cleared by the operating system each time. Contents are undefined.
/// </summary>
internal readonly unsafe struct Scratch : IDisposable
{
    private const int Alignment = 64;

    private static readonly List<Scratch> s_idle = [];

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
        lock (s_idle)
        {
            var best = -1;
            for (var i = 0; i < s_idle.Count; i++)
            {
                if (s_idle[i]._length >= length && (best < 0 || s_idle[i]._length < s_idle[best]._length))
                {
                    best = i;
                }
            }

            if (best >= 0)
            {
                var scratch = s_idle[best];
                s_idle.RemoveAt(best);
                return scratch;
            }

            // One that is too small makes room, so that a growing need does not leave its history behind.
            if (s_idle.Count > 0)
            {
                NativeMemory.AlignedFree(s_idle[^1].Data);
                s_idle.RemoveAt(s_idle.Count - 1);
            }
        }

        return new Scratch(Math.Max(1, length));
    }

    public void Dispose()
    {
        lock (s_idle)
        {
            s_idle.Add(this);
        }
    }
}
