using System.Text.Json.Nodes;
using Jem.Embed.Vectors;
using Jem.Trainer.Eval.Neighbours;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval.Neighbours;

public sealed class KnnClassifierTests
{
    private static IEnumerable<TestCaseData> Oracle => EvaluationOracle.Json["knn"]!.AsArray().Select(item => new TestCaseData(item).SetArgDisplayNames(
        $"{item!["distance"]}, k {item["k"]}, τ {item["temperature"]}{((bool)item["leave_one_out"]! ? ", leave one out" : "")}"));

    [TestCaseSource(nameof(Oracle))]
    public void It_votes_as_numpy_does(JsonNode expected)
    {
        var alone = (bool)expected["leave_one_out"]!;
        var options = new KnnOptions
        {
            Neighbours = [(int)expected["k"]!],
            Temperature = (double)expected["temperature"]!,
            Distance = Enum.Parse<Distance>((string)expected["distance"]!, ignoreCase: true),
            LeaveOneOut = alone,
        };
        var accuracy = KnnClassifier.Accuracies(EvaluationOracle.Bank, alone ? EvaluationOracle.Bank : EvaluationOracle.Queries, options);
        Assert.That(accuracy, Is.EqualTo(new[] { (double)expected["accuracy"]! }).Within(1e-12));
    }

    [Test]
    public void A_low_temperature_hears_the_nearest_and_a_high_one_the_many()
    {
        // Cosines with the query: 1 for class 1, then 0.8 three times for class 0.
        var bank = new LabelledVectors(new VectorMatrix(new float[] { 5, 0, 4, 3, 4, -3, 8, 6 }, 4, 2), [1, 0, 0, 0], 2);
        var query = new LabelledVectors(new VectorMatrix(new float[] { 0.1f, 0 }, 1, 2), [1], 2);
        Assert.That(KnnClassifier.Accuracies(bank, query, new() { Neighbours = [4], Temperature = 0.1 }), Is.EqualTo(new[] { 1.0 }));
        Assert.That(KnnClassifier.Accuracies(bank, query, new() { Neighbours = [4], Temperature = 1 }), Is.EqualTo(new[] { 0.0 }));
    }

    [TestCase(Distance.Cosine, 0)]
    [TestCase(Distance.Euclidean, 1)]
    public void Length_matters_to_the_straight_line_only(Distance distance, double accuracy)
    {
        // The query has the direction of class 0 and lies next to class 1.
        var bank = new LabelledVectors(new VectorMatrix(new float[] { 100, 100, 1, 0 }, 2, 2), [0, 1], 2);
        var query = new LabelledVectors(new VectorMatrix(new float[] { 1, 1 }, 1, 2), [1], 2);
        Assert.That(KnnClassifier.Accuracies(bank, query, new() { Neighbours = [1], Distance = distance }), Is.EqualTo(new[] { accuracy }));
    }

    [Test]
    public void More_neighbours_than_there_are_means_all()
    {
        var (bank, test) = (Blobs.Draw(60, 4, 3, 1, seed: 1), Blobs.Draw(90, 4, 3, 1, seed: 2));
        Assert.That(
            KnnClassifier.Accuracies(bank, test, new() { Neighbours = [200] }),
            Is.EqualTo(KnnClassifier.Accuracies(bank, test, new() { Neighbours = [60] })));
    }

    [Test]
    public void A_tiny_temperature_does_not_overflow()
    {
        var (bank, test) = (Blobs.Draw(300, 8, 3, 2, seed: 1), Blobs.Draw(90, 8, 3, 2, seed: 2));
        Assert.That(
            KnnClassifier.Accuracies(bank, test, new() { Neighbours = [50], Temperature = 1e-9 }),
            Is.EqualTo(KnnClassifier.Accuracies(bank, test, new() { Neighbours = [1], Temperature = 1 })));
    }

    [Test]
    public void A_bank_in_blocks_is_the_bank_as_a_whole([Values] Distance distance)
    {
        var (bank, test) = (Blobs.Draw(500, 9, 5, 1, seed: 1), Blobs.Draw(130, 9, 5, 1, seed: 2));
        var options = new KnnOptions { Neighbours = [1, 5, 70], Distance = distance };
        var blocks = Enumerable.Range(0, 50).Select(i => new VectorMatrix(bank.Vectors.Rows(i * 10, 10).ToArray(), 10, 9));
        Assert.That(KnnClassifier.Accuracies(blocks, bank.Labels, test, options), Is.EqualTo(KnnClassifier.Accuracies(bank, test, options)));
    }

    [Test]
    public void Far_clouds_are_told_apart() =>
        Assert.That(KnnClassifier.Accuracies(Blobs.Draw(500, 32, 5, 20, seed: 1), Blobs.Draw(200, 32, 5, 20, seed: 2), new()), Is.All.EqualTo(1));

    [Test]
    public void It_can_be_interrupted()
    {
        var data = Blobs.Draw(500, 8, 5, 1, seed: 1);
        Assert.That(() => KnnClassifier.Accuracies(data, data, new(), new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
    }
}
