using System.Runtime.Intrinsics;
using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Tests;

/// <summary>The machine code for bfloat16, where the processor has the instructions, against sums in double precision of the rounded numbers.</summary>
public unsafe class Bf16Tests
{
    private const int Size = RegisterTiles.Rows * RegisterTiles.Lanes;

    /// <summary>Numbers of bfloat16 instead: to nearest, ties to even.</summary>
    public static void Round(float[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(values[i]);
            values[i] = BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000);
        }
    }

    [SetUp]
    public void OnlyWhereThereAreInstructions()
    {
        if (!Bf16Factors.AreSupported)
        {
            Assert.Ignore("This processor has no AVX512_BF16.");
        }
    }

    [Test]
    public void Two_numbers_share_a_place()
    {
        float[] first = TestTensor.Normal(1, 16).Values, second = TestTensor.Normal(2, 16).Values;
        (first[0], first[1], second[2]) = (float.PositiveInfinity, float.NaN, float.NegativeInfinity);
        var joined = Bf16Factors.Join(Vector512.Create(first), Vector512.Create(second));
        Round(second);
        Round(first);
        for (var lane = 0; lane < 16; lane++)
        {
            var place = joined.AsUInt32()[lane];
            Assert.That(BitConverter.UInt32BitsToSingle(place << 16), Is.EqualTo(first[lane]), "first");
            Assert.That(BitConverter.UInt32BitsToSingle(place & 0xFFFF_0000), Is.EqualTo(second[lane]), "second");
            Assert.That(Bf16Factors.Sum(joined)[lane], Is.EqualTo(first[lane] + second[lane]));
        }
    }

    [TestCase(0x7FC0_0000u)]
    [TestCase(0x7FFF_FFFFu)] // would become −0, and the next two 0 and ∞
    [TestCase(0xFFFF_FFFFu)]
    [TestCase(0x7F80_0001u)]
    public void What_is_no_number_stays_none(uint bits)
    {
        var numbers = Vector512.Create(BitConverter.UInt32BitsToSingle(bits));
        var place = Bf16Factors.Join(numbers, numbers).AsUInt32()[0];
        Assert.That(BitConverter.UInt32BitsToSingle(place << 16), Is.NaN);
        Assert.That(BitConverter.UInt32BitsToSingle(place & 0xFFFF_0000), Is.NaN);
    }

    [Test]
    public void Tiles_are_sums_of_the_numbers_in_their_places([Values(1, 2, 7)] int blocks, [Values] bool add, [Values(16, 37)] int step)
    {
        var length = blocks * 16;
        var (a, b) = (Places(3, 2 * length * 16), Places(4, 2 * length * 16));
        fixed (float* left = a, right = b)
        {
            float* one = left, other = left + (length * 16), first = right, second = right + (length * 16);
            void Check(string name, Tile tile, Func<int, int, float> top, Func<int, int, float> bottom, int count, int otherColumns) =>
                Bf16Tests.Check(tile, top, bottom, b, count, add, step, name, otherColumns);
            Check("RowsBy32", (to, next) => Bf16Factors.RowsBy32(one, first, second, blocks, to, next, add, step), Row(a, 0), Row(a, 0), length, 1);
            Check(
                "TwoRowsBy16", (to, next) => Bf16Factors.TwoRowsBy16(one, one + 128, first, blocks / 2, to, next, add, step), Row(a, 0), Row(a, 1),
                blocks / 2 * 16, 0);
            Check(
                "ColumnsBy32", (to, next) => Bf16Factors.ColumnsBy32(one, first, second, length, to, next, add, step), Column(a, 0), Column(a, 0), length, 1);
            Check(
                "TwoColumnsBy16", (to, next) => Bf16Factors.TwoColumnsBy16(one, first, length, to, next, add, step), Column(a, 0), Column(a, 8), length, 0);
        }

        // The place of row r at t: of tiles of rows in blocks [8][16], of tiles of columns [16].
        static Func<int, int, float> Row(float[] a, int block) => (r, t) => a[((block + (t / 16)) * 128) + (r * 16) + (t % 16)];
        static Func<int, int, float> Column(float[] a, int from) => (r, t) => a[(t * 16) + from + r];
    }

    private delegate void Tile(float* first, float* second);

    private static void Check(
        Tile tile, Func<int, int, float> first, Func<int, int, float> second, float[] b, int length, bool add, int step, string name, int otherColumns)
    {
        float[] start = TestTensor.Normal(9, 2 * RegisterTiles.Rows * step).Values, sums = [.. start];
        fixed (float* to = sums)
        {
            tile(to, to + (RegisterTiles.Rows * step));
        }

        if (length == 0)
        {
            return;
        }

        for (var half = 0; half < 2; half++)
        {
            for (var r = 0; r < RegisterTiles.Rows; r++)
            {
                for (var column = 0; column < 16; column++)
                {
                    var at = (((half * RegisterTiles.Rows) + r) * step) + column;
                    double sum = add ? start[at] : 0, size = Math.Abs(sum);
                    for (var t = 0; t < length; t++)
                    {
                        var (p, q) = ((half == 0 ? first : second)(r, t), b[(half * otherColumns * b.Length / 2) + (t * 16) + column]);
                        var (low, high) = (Low(p) * Low(q), High(p) * High(q));
                        (sum, size) = (sum + low + high, size + Math.Abs(low) + Math.Abs(high));
                    }

                    Assert.That(sums[at], Is.EqualTo(sum).Within(1e-6 * size), $"{name}, half {half}, row {r}, column {column}");
                }
            }
        }
    }

    private static double Low(float place) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(place) << 16);

    private static double High(float place) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(place) & 0xFFFF_0000);

    private static float[] Places(ulong seed, int count)
    {
        float[] first = TestTensor.Normal(seed, count).Values, second = TestTensor.Normal(seed + 50, count).Values;
        fixed (float* one = first, other = second)
        {
            TileTable.Join<Bf16Factors>(one, other, count, one);
        }

        return first;
    }
}
