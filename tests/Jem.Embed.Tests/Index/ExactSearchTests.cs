using System.Numerics.Tensors;
using Jem.Embed.Index;
using Jem.Embed.Vectors;

namespace Jem.Embed.Tests.Index;

public sealed class ExactSearchTests
{
    [TestCase(1, 1, 1, 1)]
    [TestCase(5, 100, 7, 3)]
    [TestCase(3, 1000, 64, 10)]
    [TestCase(130, 700, 33, 200)]
    [TestCase(1, 20_000, 12, 25)]
    [TestCase(2, 10, 8, 50)]
    public void It_finds_what_sorting_all_finds(int queryCount, int bankCount, int dimension, int k)
    {
        var (queries, bank) = (Random(queryCount, dimension, 1), Random(bankCount, dimension, 2));
        var found = ExactSearch.Nearest(queries, bank, k);
        Assert.That(found.K, Is.EqualTo(Math.Min(k, bankCount)));
        for (var query = 0; query < queryCount; query++)
        {
            var all = Enumerable.Range(0, bankCount).Select(row => Dot(queries, query, bank, row)).ToArray();
            var expected = Enumerable.Range(0, bankCount).OrderByDescending(row => all[row]).ThenBy(row => row).Take(k).ToArray();
            Assert.That(found.Rows(query).ToArray(), Is.EqualTo(expected));
            Assert.That(found.Similarities(query).ToArray(), Is.EqualTo(expected.Select(row => (float)all[row])).Within(1e-5f));
        }
    }

    [TestCase(1)]
    [TestCase(100)]
    public void Of_equal_rows_the_lower_comes_first(int queryCount)
    {
        var vector = Random(1, 19, 3);
        var bank = new VectorMatrix(Enumerable.Repeat(vector.Data.ToArray(), 9001).SelectMany(row => row).ToArray(), 9001, 19);
        var found = ExactSearch.Nearest(Random(queryCount, 19, 4), bank, 5);
        for (var query = 0; query < queryCount; query++)
        {
            Assert.That(found.Rows(query).ToArray(), Is.EqualTo(new[] { 0, 1, 2, 3, 4 }));
        }
    }

    [Test]
    public void Ties_do_not_depend_on_where_a_row_stands()
    {
        // Every second row is the same, so that duplicates stand at all places of a tile.
        var (rows, twin) = (Random(2000, 37, 5).Data.ToArray(), Random(1, 37, 6).Row(0).ToArray());
        for (var row = 0; row < 2000; row += 2)
        {
            twin.CopyTo(rows, row * 37);
        }

        var found = ExactSearch.Nearest(new VectorMatrix(twin, 1, 37), new VectorMatrix(rows, 2000, 37).ToUnitLength(), 1000);
        Assert.That(found.AllRows, Is.EqualTo(Enumerable.Range(0, 1000).Select(i => 2 * i)));
    }

    [Test]
    public void An_empty_bank_or_no_queries_give_nothing()
    {
        Assert.That(ExactSearch.Nearest(Random(3, 4, 1), new VectorMatrix(Array.Empty<float>(), 0, 4), 5).K, Is.Zero);
        Assert.That(ExactSearch.Nearest(new VectorMatrix(Array.Empty<float>(), 0, 4), Random(3, 4, 1), 5).AllRows, Is.Empty);
    }

    [Test]
    public void Different_dimensions_are_an_error() =>
        Assert.That(
            () => ExactSearch.Nearest(Random(1, 4, 1), Random(1, 5, 1), 1),
            Throws.ArgumentException.With.Message.Contains("Queries have dimension 4, the vectors searched 5"));

    private static VectorMatrix Random(int count, int dimension, int seed)
    {
        var random = new Random(seed);
        return new VectorMatrix(Enumerable.Range(0, count * dimension).Select(_ => random.NextSingle() - 0.5f).ToArray(), count, dimension).ToUnitLength();
    }

    private static double Dot(VectorMatrix a, int rowA, VectorMatrix b, int rowB)
    {
        var (x, y) = (a.Row(rowA).ToArray(), b.Row(rowB).ToArray());
        return TensorPrimitives.Dot<double>(Array.ConvertAll(x, value => (double)value), Array.ConvertAll(y, value => (double)value));
    }
}
