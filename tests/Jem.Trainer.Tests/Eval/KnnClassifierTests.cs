using Jem.Embed.Vectors;
using Jem.Trainer.Eval;

namespace Jem.Trainer.Tests.Eval;

public sealed class KnnClassifierTests
{
    [TestCase(0.1)]
    [TestCase(1)]
    public void It_votes_as_the_formula_says(double temperature)
    {
        var (bank, test) = (Blobs.Draw(700, 13, 5, 1, seed: 1), Blobs.Draw(150, 13, 5, 1, seed: 2));
        int[] ks = [1, 7, 200];
        Assert.That(KnnClassifier.Accuracies(bank, test, ks, temperature), Is.EqualTo(ks.Select(k =>
            Enumerable.Range(0, test.Labels.Length).Average(query => Expected(bank, test.Vectors.Row(query).ToArray(), k, temperature) == test.Labels[query] ? 1.0 : 0.0))).Within(1e-12));
    }

    [Test]
    public void A_low_temperature_hears_the_nearest_and_a_high_one_the_many()
    {
        // Cosines with the query: 1 for class 1, then 0.8 three times for class 0.
        var bank = new LabelledVectors(new VectorMatrix(new float[] { 5, 0, 4, 3, 4, -3, 8, 6 }, 4, 2), [1, 0, 0, 0], 2);
        var query = new LabelledVectors(new VectorMatrix(new float[] { 0.1f, 0 }, 1, 2), [1], 2);
        Assert.That(KnnClassifier.Accuracies(bank, query, [4], 0.1), Is.EqualTo(new[] { 1.0 }));
        Assert.That(KnnClassifier.Accuracies(bank, query, [4], 1), Is.EqualTo(new[] { 0.0 }));
    }

    [Test]
    public void More_neighbours_than_there_are_means_all()
    {
        var (bank, test) = (Blobs.Draw(60, 4, 3, 1, seed: 1), Blobs.Draw(90, 4, 3, 1, seed: 2));
        Assert.That(KnnClassifier.Accuracies(bank, test, [200]), Is.EqualTo(KnnClassifier.Accuracies(bank, test, [60])));
    }

    [Test]
    public void A_tiny_temperature_does_not_overflow()
    {
        var (bank, test) = (Blobs.Draw(300, 8, 3, 2, seed: 1), Blobs.Draw(90, 8, 3, 2, seed: 2));
        Assert.That(KnnClassifier.Accuracies(bank, test, [50], 1e-9), Is.EqualTo(KnnClassifier.Accuracies(bank, test, [1])));
    }

    [Test]
    public void Far_clouds_are_told_apart() =>
        Assert.That(KnnClassifier.Accuracies(Blobs.Draw(500, 32, 5, 20, seed: 1), Blobs.Draw(200, 32, 5, 20, seed: 2), [20, 200]), Is.All.EqualTo(1));

    private static int Expected(LabelledVectors bank, float[] query, int k, double temperature)
    {
        var votes = new double[bank.Classes];
        var cosines = Enumerable.Range(0, bank.Labels.Length).Select(row => (Row: row, Cosine: Cosine(query, bank.Vectors.Row(row).ToArray())));
        foreach (var (row, cosine) in cosines.OrderByDescending(item => item.Cosine).Take(k))
        {
            votes[bank.Labels[row]] += Math.Exp(cosine / temperature);
        }

        return Array.IndexOf(votes, votes.Max());
    }

    private static double Cosine(float[] a, float[] b)
    {
        double Dot(float[] x, float[] y) => x.Zip(y, (left, right) => (double)left * right).Sum();
        return Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));
    }
}
