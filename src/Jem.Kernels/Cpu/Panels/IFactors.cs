using System.Runtime.Intrinsics;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>
/// How the factors of <see cref="RegisterTiles"/> are kept. A place is 32 bits: a number of float32, or two of bfloat16 that are multiplied and summed in
/// one go. Packed factors have the same places in the same order either way; pairs halve what is summed over.
/// </summary>
internal unsafe interface IFactors
{
    /// <summary>Numbers in a place: 1 or 2.</summary>
    static abstract int PerPlace { get; }

    /// <summary>Places of numbers that are summed over together. The second numbers count where a place has two.</summary>
    static abstract Vector512<float> Join(Vector512<float> first, Vector512<float> second);

    /// <summary>The sums of the numbers in each place.</summary>
    static abstract Vector512<float> Sum(Vector512<float> places);

    /// <inheritdoc cref="RegisterTiles.RowsBy32"/>
    static abstract void RowsBy32(float* a, float* b0, float* b1, int blocks, float* out0, float* out1, bool add, nint step);

    /// <inheritdoc cref="RegisterTiles.TwoRowsBy16"/>
    static abstract void TwoRowsBy16(float* a0, float* a1, float* b, int blocks, float* out0, float* out1, bool add, nint step);

    /// <inheritdoc cref="RegisterTiles.ColumnsBy32"/>
    static abstract void ColumnsBy32(float* a, float* b0, float* b1, int length, float* out0, float* out1, bool add, nint step);

    /// <inheritdoc cref="RegisterTiles.TwoColumnsBy16"/>
    static abstract void TwoColumnsBy16(float* a, float* b, int length, float* out0, float* out1, bool add, nint step);
}

/// <summary>float32 throughout.</summary>
internal readonly unsafe struct Float32Factors : IFactors
{
    public static int PerPlace => 1;

    public static Vector512<float> Join(Vector512<float> first, Vector512<float> second) => first;

    public static Vector512<float> Sum(Vector512<float> places) => places;

    public static void RowsBy32(float* a, float* b0, float* b1, int blocks, float* out0, float* out1, bool add, nint step) =>
        RegisterTiles.RowsBy32(a, b0, b1, blocks, out0, out1, add, step);

    public static void TwoRowsBy16(float* a0, float* a1, float* b, int blocks, float* out0, float* out1, bool add, nint step) =>
        RegisterTiles.TwoRowsBy16(a0, a1, b, blocks, out0, out1, add, step);

    public static void ColumnsBy32(float* a, float* b0, float* b1, int length, float* out0, float* out1, bool add, nint step) =>
        RegisterTiles.ColumnsBy32(a, b0, b1, length, out0, out1, add, step);

    public static void TwoColumnsBy16(float* a, float* b, int length, float* out0, float* out1, bool add, nint step) =>
        RegisterTiles.TwoColumnsBy16(a, b, length, out0, out1, add, step);
}
