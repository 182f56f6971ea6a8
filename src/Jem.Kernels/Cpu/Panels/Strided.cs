using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>Copies of every second, third, … number.</summary>
internal static unsafe class Strided
{
    /// <summary>target[i] = source[i·stride].</summary>
    public static void Copy(float* source, int stride, float* target, int count)
    {
        if (stride == 1)
        {
            new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(target, count));
            return;
        }

        var i = 0;
        if (stride == 2 && Avx.IsSupported)
        {
            // The number behind the last need not exist.
            for (; i < count - 8; i += 8)
            {
                var (a, b) = (Vector256.Load(source + (2 * i)), Vector256.Load(source + (2 * i) + 8));
                var even = Avx.Shuffle(Avx.Permute2x128(a, b, 0x20), Avx.Permute2x128(a, b, 0x31), 0x88);
                even.Store(target + i);
            }
        }

        for (; i < count; i++)
        {
            target[i] = source[(nint)i * stride];
        }
    }
}
