using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Jem.Kernels.Interop;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>
/// Factors rounded to bfloat16 (8 bits of mantissa, to nearest, ties to even), sums in float32: twice the products a core makes in float32. .NET has no
/// word for the processor's instruction (VDPBF16PS of AVX512_BF16), so <see cref="Bf16Code"/> assembles the inner loops when the program starts.
/// </summary>
internal readonly unsafe struct Bf16Factors : IFactors
{
    // What a call of the machine code is told, in the order in which it reads it.
    private struct Call
    {
        public float* A0, A1, B0, B1, Out0, Out1;
        public nint Count, Step, Add;
    }

    private static readonly Lazy<nint[]> s_code = new(() => [.. Bf16Code.All.Select(code => ExecutableMemory.Load(code.Assemble()))]);

    /// <summary>Whether the processor has the instructions.</summary>
    public static bool AreSupported { get; } = Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && X86Base.X64.IsSupported && HasAvx512Bf16()
        && ExecutableMemory.IsSupported;

    public static int PerPlace => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Join(Vector512<float> first, Vector512<float> second) =>
        ((Rounded(first) >>> 16) | (Rounded(second) & Vector512.Create(0xFFFF_0000u))).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sum(Vector512<float> places) =>
        (places.AsUInt32() << 16).AsSingle() + (places.AsUInt32() & Vector512.Create(0xFFFF_0000u)).AsSingle();

    public static void RowsBy32(float* a, float* b0, float* b1, int blocks, float* out0, float* out1, bool add, nint step) =>
        Run(0, new Call { A0 = a, A1 = a, B0 = b0, B1 = b1, Out0 = out0, Out1 = out1, Count = blocks, Step = step, Add = add ? 1 : 0 });

    public static void TwoRowsBy16(float* a0, float* a1, float* b, int blocks, float* out0, float* out1, bool add, nint step) =>
        Run(1, new Call { A0 = a0, A1 = a1, B0 = b, B1 = b, Out0 = out0, Out1 = out1, Count = blocks, Step = step, Add = add ? 1 : 0 });

    public static void ColumnsBy32(float* a, float* b0, float* b1, int length, float* out0, float* out1, bool add, nint step) =>
        Run(2, new Call { A0 = a, A1 = a, B0 = b0, B1 = b1, Out0 = out0, Out1 = out1, Count = length, Step = step, Add = add ? 1 : 0 });

    public static void TwoColumnsBy16(float* a, float* b, int length, float* out0, float* out1, bool add, nint step) =>
        Run(3, new Call { A0 = a, A1 = a + RegisterTiles.Rows, B0 = b, B1 = b, Out0 = out0, Out1 = out1, Count = length, Step = step, Add = add ? 1 : 0 });

    // To nearest, ties to even; a NaN stays one whatever its mantissa is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rounded(Vector512<float> numbers)
    {
        var bits = numbers.AsUInt32();
        var rounded = bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One);
        return Vector512.ConditionalSelect(Vector512.Equals(numbers, numbers).AsUInt32(), rounded, bits | Vector512.Create(0x0040_0000u));
    }

    // Leaf 7, part 1: Intel's Architecture Instruction Set Extensions.
    private static bool HasAvx512Bf16() => X86Base.CpuId(0, 0).Eax >= 7 && X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(int code, Call call)
    {
        if (call.Count > 0)
        {
            ((delegate* unmanaged[SuppressGCTransition]<Call*, void>)s_code.Value[code])(&call);
        }
    }
}
