using Jem.Kernels.Cpu.Panels;
using Jem.Kernels.Cpu.Products;

namespace Jem.Kernels.Tests;

/// <summary>Products of matrices against sums in double precision.</summary>
public unsafe class ProductTests
{
    // Sides that tiles divide and sides that they do not; a single number; a row; more than one chunk; rows of more than one task.
    private static readonly (int M, int K, int N)[] s_shapes =
    [
        (1, 1, 1), (1, 40, 1), (8, 16, 32), (65, 64, 65), (13, 17, 35), (100, 300, 40),
        (33, 1100, 50), (3, 5, 700), (40, 600, 96), (257, 31, 17), (64, 512, 16), (200, 513, 96), (70, 5000, 40), (24, 2600, 64),
    ];

    [Test]
    public void A_product_is_that_of_the_definition([ValueSource(nameof(s_shapes))] (int M, int K, int N) shape, [Values] bool aTurned, [Values] bool bTurned,
        [Values] bool hasBias)
    {
        var (m, k, n) = shape;
        var (a, b, bias) = (TestTensor.Normal(1, m, k).Values, TestTensor.Normal(2, k, n).Values, TestTensor.Normal(3, n).Values);
        var y = Multiply(shape, a, b, hasBias ? bias : null, aTurned, bTurned, OneThread.For);

        // √K roundings of numbers of that size, in sums of K numbers.
        var (error, scale) = (0.0, 0.0);
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = hasBias ? (double)bias[j] : 0;
                for (var c = 0; c < k; c++)
                {
                    sum += (double)a[aTurned ? (c * m) + i : (i * k) + c] * b[bTurned ? (j * k) + c : (c * n) + j];
                }

                error += (y[(i * n) + j] - sum) * (y[(i * n) + j] - sum);
                scale += sum * sum;
            }
        }

        Assert.That(Math.Sqrt(error / scale), Is.LessThan(2e-6));
    }

    [Test]
    public void A_product_has_the_same_bits_in_any_order_of_tasks([ValueSource(nameof(s_shapes))] (int M, int K, int N) shape, [Values] bool aTurned)
    {
        var (a, b) = (TestTensor.Normal(1, shape.M, shape.K).Values, TestTensor.Normal(2, shape.K, shape.N).Values);
        float[] Compute(ParallelFor parallel) => Multiply(shape, a, b, null, aTurned, false, parallel);
        var forwards = Compute(OneThread.For);
        Assert.That(Compute((count, body) => { for (var i = count - 1; i >= 0; i--) { body(i); } }), Is.EqualTo(forwards));
        Assert.That(Compute((count, body) => Parallel.For(0, count, body)), Is.EqualTo(forwards));
    }

    [Test]
    public void Sums_of_a_turned_factors_rows_come_with_the_product([ValueSource(nameof(s_shapes))] (int M, int K, int N) shape)
    {
        var (m, k, n) = shape;
        var (a, b) = (TestTensor.Normal(1, k, m).Values, TestTensor.Normal(2, k, n).Values);
        float[] y = new float[m * n], sums = new float[m];
        fixed (float* left = a, right = b, result = y, rows = sums)
        {
            MatrixProduct<Float32Factors>.Compute(m, k, n, aTurned: true, bTurned: false, left, right, result, null, rows, OneThread.For);
        }

        Assert.That(y, Is.EqualTo(Multiply(shape, a, b, null, true, false, OneThread.For)));
        Assert.That(sums, Is.EqualTo(Enumerable.Range(0, m).Select(i => (float)Enumerable.Range(0, k).Sum(c => (double)a[(c * m) + i]))).Within(1e-4));
    }

    [TestCase(8320, 192, 768)]
    [TestCase(768, 8320, 192)]
    [TestCase(192, 8320, 192)]
    [TestCase(128, 2048, 2048)]
    public void Many_cores_have_work(int m, int k, int n) =>
        Assert.That(new MatrixProduct<Float32Factors>(m, k, n, true, false).Tasks, Is.GreaterThanOrEqualTo(16));

    [Test]
    public void Halves_of_tiles_give_the_bits_of_whole_ones()
    {
        const int Length = 48, Size = RegisterTiles.Rows * RegisterTiles.Lanes;
        var (a, b) = (TestTensor.Normal(1, 2 * Length * 16).Values, TestTensor.Normal(2, 2 * Length * 16).Values);
        float[] whole = TestTensor.Normal(3, 2 * Size).Values, halves = [.. whole];
        fixed (float* left = a, right = b, first = whole, second = halves)
        {
            RegisterTiles.RowsBy32(left, right, right + (Length * 16), Length / 16, first, first + Size, add: true);
            for (var half = 0; half < 2; half++)
            {
                HalfTiles.RowsBy16(left + (half * Size / 2), right, Length / 16, second + (half * Size / 2), add: true, 16);
                HalfTiles.RowsBy16(left + (half * Size / 2), right + (Length * 16), Length / 16, second + Size + (half * Size / 2), add: true, 16);
            }

            Assert.That(halves, Is.EqualTo(whole), "rows");
            RegisterTiles.RowsApartBy32(left, 37, right, right + (Length * 16), Length, first, first + Size, add: true, 16);
            for (var half = 0; half < 2; half++)
            {
                HalfTiles.RowsApartBy16(left + (half * 4 * 37), 37, right, Length, second + (half * Size / 2), add: true, 16);
                HalfTiles.RowsApartBy16(left + (half * 4 * 37), 37, right + (Length * 16), Length, second + Size + (half * Size / 2), add: true, 16);
            }

            Assert.That(halves, Is.EqualTo(whole), "rows apart");
            RegisterTiles.ColumnsBy32(left, right, right + (Length * 16), Length, first, first + Size, add: true);
            for (var half = 0; half < 2; half++)
            {
                HalfTiles.ColumnsBy16(left + (half * 4), right, Length, second + (half * Size / 2), add: true, 16);
                HalfTiles.ColumnsBy16(left + (half * 4), right + (Length * 16), Length, second + Size + (half * Size / 2), add: true, 16);
            }

            Assert.That(halves, Is.EqualTo(whole), "columns");
        }
    }

    [Test]
    public void A_product_of_bfloat16_is_that_of_the_rounded_factors([ValueSource(nameof(s_shapes))] (int M, int K, int N) shape, [Values] bool aTurned,
        [Values] bool bTurned)
    {
        if (!Bf16Factors.AreSupported)
        {
            Assert.Ignore("This processor has no AVX512_BF16.");
        }

        var (m, k, n) = shape;
        float[] a = TestTensor.Normal(1, m, k).Values, b = TestTensor.Normal(2, k, n).Values, bias = TestTensor.Normal(3, n).Values;
        float[] y = new float[m * n], sums = new float[m], rounded = [.. a];
        Bf16Tests.Round(rounded);
        fixed (float* left = a, right = b, added = bias, result = y, rows = sums)
        {
            MatrixProduct<Bf16Factors>.Compute(m, k, n, aTurned, bTurned, left, right, result, added, aTurned ? rows : null, OneThread.For);
        }

        Bf16Tests.Round(b);
        var expected = Multiply(shape, rounded, b, bias, aTurned, bTurned, OneThread.For);
        Assert.That(Math.Sqrt(y.Zip(expected, (p, q) => (double)(p - q) * (p - q)).Sum() / expected.Sum(q => (double)q * q)), Is.LessThan(2e-6));
        if (aTurned)
        {
            var ofRows = Enumerable.Range(0, m).Select(i => (float)Enumerable.Range(0, k).Sum(c => (double)rounded[(c * m) + i]));
            Assert.That(sums, Is.EqualTo(ofRows).Within(1e-3));
        }
    }

    private static float[] Multiply((int M, int K, int N) shape, float[] a, float[] b, float[]? bias, bool aTurned, bool bTurned, ParallelFor parallel)
    {
        var (m, k, n) = shape;
        var y = new float[m * n];
        fixed (float* left = a, right = b, added = bias, result = y)
        {
            MatrixProduct<Float32Factors>.Compute(m, k, n, aTurned, bTurned, left, right, result, added, null, parallel);
        }

        return y;
    }
}
