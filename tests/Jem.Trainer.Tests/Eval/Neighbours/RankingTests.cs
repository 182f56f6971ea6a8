using Jem.Trainer.Eval.Neighbours;

namespace Jem.Trainer.Tests.Eval.Neighbours;

public sealed class RankingTests
{
    [Test]
    public void Rows_come_in_the_order_that_comparing_gives()
    {
        var random = new Random(1);
        var ranking = new Ranking(5000);
        foreach (var count in new[] { 5000, 1, 3000 })
        {
            // Both signs, zeros of both signs, very large and small numbers, and many equal ones.
            var similarities = Enumerable.Range(0, count).Select(i => (i % 5) switch
            {
                0 => random.Next(-3, 4) / 2f,
                1 => random.Next(2) == 0 ? 0f : -0f,
                2 => (random.NextSingle() - 0.5f) * 1e30f,
                3 => (random.NextSingle() - 0.5f) * 1e-40f,
                _ => random.NextSingle() - 0.5f,
            }).ToArray();
            var rows = new int[count];
            ranking.Sort(similarities, rows);
            Assert.That(rows, Is.EqualTo(Enumerable.Range(0, count).OrderByDescending(row => similarities[row]).ThenBy(row => row)));
        }
    }
}
