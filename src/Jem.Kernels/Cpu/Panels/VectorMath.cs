using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>What the inner loops of the panels' products are written in.</summary>
internal static unsafe class VectorMath
{
    /// <summary>a·b + c, rounded once where the processor can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Fma(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.MultiplyAddEstimate(a, b, c);

    /// <inheritdoc cref="Fma(Vector512{float}, Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Fma(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.MultiplyAddEstimate(a, b, c);

    /// <summary>Adds a sum to the one in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Vector512<float> sum, float* to) => (Vector512.Load(to) + sum).Store(to);

    /// <summary>The first numbers of a vector, fewer than 16; the other lanes are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadFirst(float* from, int count)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.MaskLoad(from, First(count), Vector512<float>.Zero);
        }

        var lanes = stackalloc float[Vector512<float>.Count];
        new Span<float>(lanes, Vector512<float>.Count).Clear();
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(lanes, count));
        return Vector512.Load(lanes);
    }

    /// <summary>Stores the first numbers of a vector, fewer than 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFirst(Vector512<float> vector, float* to, int count)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.MaskStore(to, First(count), vector);
            return;
        }

        var lanes = stackalloc float[Vector512<float>.Count];
        vector.Store(lanes);
        new ReadOnlySpan<float>(lanes, count).CopyTo(new Span<float>(to, count));
    }

    /// <summary>All bits of the first lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> First(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    /// <summary>Asks for a line of memory that will be read soon. Where there is none, nothing happens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* at)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(at);
        }
    }
}
