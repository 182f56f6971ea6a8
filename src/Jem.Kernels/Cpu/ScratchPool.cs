using System.Runtime.InteropServices;

namespace Jem.Kernels.Cpu;

/// <summary>Blocks of native memory that wait to be lent again, freed with the pool. For one thread at a time.</summary>
internal sealed unsafe class ScratchPool
{
    private const int Alignment = 64;

    private readonly List<Block> _idle = [];

    ~ScratchPool() => _idle.ForEach(Free);

    /// <summary>The smallest block with at least <paramref name="length"/> numbers; of equal ones, the last that was given back.</summary>
    public Block Take(long length)
    {
        var best = -1;
        for (var i = _idle.Count - 1; i >= 0; i--)
        {
            if (_idle[i].Length >= length && (best < 0 || _idle[i].Length < _idle[best].Length))
            {
                best = i;
            }
        }

        if (best >= 0)
        {
            var block = _idle[best];
            _idle.RemoveAt(best);
            return block;
        }

        // One that is too small makes room, so that a growing need does not leave its history behind.
        if (_idle.Count > 0)
        {
            Free(_idle[^1]);
            _idle.RemoveAt(_idle.Count - 1);
        }

        length = Math.Max(1, length);
        var data = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), Alignment);
        GC.AddMemoryPressure(length * sizeof(float));
        return new Block(data, length);
    }

    // The collector has to know, or pools of threads that are gone would wait for it for ever.
    private static void Free(Block block)
    {
        NativeMemory.AlignedFree(block.Data);
        GC.RemoveMemoryPressure(block.Length * sizeof(float));
    }

    public void Give(Block block) => _idle.Add(block);

    internal readonly record struct Block(nint Address, long Length)
    {
        public Block(float* data, long length)
            : this((nint)data, length)
        {
        }

        public float* Data => (float*)Address;
    }
}
