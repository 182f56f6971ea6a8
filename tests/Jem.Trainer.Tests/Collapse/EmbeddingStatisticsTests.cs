using Jem.Graphs.Seeding;
using Jem.Trainer.Collapse;

namespace Jem.Trainer.Tests.Collapse;

public class EmbeddingStatisticsTests
{
    [TestCase(4, 4)]
    [TestCase(40, 4)]
    [TestCase(512, 8)]
    public void Embeddings_along_all_axes_have_the_rank_of_the_dimension(int rows, int dimension)
    {
        var embeddings = new float[rows * dimension];
        for (var row = 0; row < rows; row++)
        {
            embeddings[(row * dimension) + (row % dimension)] = 1 + row;
        }

        Assert.That(EmbeddingStatistics.Of(embeddings, rows, dimension).EffectiveRank, Is.EqualTo(dimension).Within(1e-6));
    }

    [Test]
    public void A_large_batch_is_judged_by_a_sample_of_all_its_rows()
    {
        // The first half lies along one axis; a sample that stopped early would see nothing else.
        var embeddings = new float[4096 * 2];
        for (var row = 0; row < 4096; row++)
        {
            embeddings[(row * 2) + (row / 2048)] = 1;
        }

        Assert.That(EmbeddingStatistics.Of(embeddings, 4096, 2).EffectiveRank, Is.EqualTo(2).Within(1e-6));
    }

    [TestCase(64, 16)]
    [TestCase(256, 128)]
    [TestCase(100, 2048)]
    public void Embeddings_along_one_line_have_rank_one(int rows, int dimension)
    {
        var random = new SeededRandom(3);
        var line = Normal(random, dimension);
        var embeddings = new float[rows * dimension];
        for (var row = 0; row < rows; row++)
        {
            var length = random.NextNormal();
            for (var i = 0; i < dimension; i++)
            {
                embeddings[(row * dimension) + i] = (float)length * line[i];
            }
        }

        Assert.That(EmbeddingStatistics.Of(embeddings, rows, dimension).EffectiveRank, Is.EqualTo(1).Within(0.01));
    }

    [Test]
    public void Two_directions_of_unequal_weight_have_a_rank_between_one_and_two()
    {
        // Three rows along one axis and one along the other: singular values √3 and 1, shares 0.634 and 0.366.
        float[] embeddings = [1, 0, 2, 0, 3, 0, 0, 5];
        var p = Math.Sqrt(3) / (Math.Sqrt(3) + 1);
        Assert.That(
            EmbeddingStatistics.Of(embeddings, 4, 2).EffectiveRank,
            Is.EqualTo(Math.Exp(-(p * Math.Log(p)) - ((1 - p) * Math.Log(1 - p)))).Within(1e-9));
    }

    [Test]
    public void Embeddings_in_all_directions_deviate_by_one_over_the_root_of_the_dimension()
    {
        var embeddings = Normal(new SeededRandom(5), 512 * 64);
        Assert.That(EmbeddingStatistics.Of(embeddings, 512, 64).StandardDeviation, Is.EqualTo(1 / Math.Sqrt(64)).Within(0.002));
    }

    [Test]
    public void Equal_embeddings_do_not_deviate()
    {
        var embeddings = Enumerable.Repeat(Normal(new SeededRandom(6), 128), 256).SelectMany(row => row).ToArray();
        var statistics = EmbeddingStatistics.Of(embeddings, 256, 128);
        Assert.Multiple(() =>
        {
            Assert.That(statistics.StandardDeviation, Is.LessThan(1e-9));
            Assert.That(statistics.EffectiveRank, Is.EqualTo(1).Within(1e-4));
        });
    }

    private static float[] Normal(SeededRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
}
