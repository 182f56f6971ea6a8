using Jem.Embed.Index;
using Jem.Embed.Vectors;

namespace Jem.Embed.Tests.Index;

public sealed class NearestSearchTests
{
    [TestCase(1, 7)]
    [TestCase(100, 33)]
    [TestCase(3, 9000)]
    public void Vectors_in_blocks_are_searched_as_one(int queryCount, int blockRows)
    {
        var (queries, bank) = (Random(queryCount, 11, 1), Random(20_000, 11, 2));
        var search = new NearestSearch(queries, 30);
        for (var row = 0; row < bank.Count; row += blockRows)
        {
            var rows = Math.Min(blockRows, bank.Count - row);
            search.Add(new VectorMatrix(bank.Rows(row, rows).ToArray(), rows, 11));
        }

        var (found, expected) = (search.Result(), ExactSearch.Nearest(queries, bank, 30));
        Assert.That(search.Count, Is.EqualTo(20_000));
        Assert.That(found.AllRows, Is.EqualTo(expected.AllRows));
        Assert.That(found.AllSimilarities, Is.EqualTo(expected.AllSimilarities));
    }

    [Test]
    public void Fewer_vectors_than_asked_for_are_all_found()
    {
        var search = new NearestSearch(Random(2, 5, 1), 10);
        search.Add(Random(3, 5, 2));
        search.Add(Random(1, 5, 3));
        var found = search.Result();
        Assert.That(found.K, Is.EqualTo(4));
        Assert.That(found.Rows(1).ToArray(), Is.EquivalentTo(new[] { 0, 1, 2, 3 }));
    }

    [Test]
    public void Every_query_is_told_its_products_with_all_rows()
    {
        var (queries, bank) = (Random(70, 9, 1), Random(600, 9, 2));
        var all = new float[70][];
        ExactSearch.ForEachQuery(queries, bank, (query, products) => all[query] = products.ToArray());
        for (var query = 0; query < 70; query++)
        {
            Assert.That(all[query], Has.Length.EqualTo(600));
            var nearest = ExactSearch.Nearest(queries, bank, 600);
            Assert.That(nearest.Rows(query).ToArray().Select(row => all[query][row]), Is.EqualTo(nearest.Similarities(query).ToArray()));
        }
    }

    private static VectorMatrix Random(int count, int dimension, int seed)
    {
        var random = new Random(seed);
        return new VectorMatrix(Enumerable.Range(0, count * dimension).Select(_ => random.NextSingle() - 0.5f).ToArray(), count, dimension).ToUnitLength();
    }
}
