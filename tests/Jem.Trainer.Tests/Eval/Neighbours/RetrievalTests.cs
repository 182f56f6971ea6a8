using System.Text.Json.Nodes;
using Jem.Embed.Vectors;
using Jem.Trainer.Eval.Neighbours;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval.Neighbours;

public sealed class RetrievalTests
{
    private static IEnumerable<TestCaseData> Oracle => EvaluationOracle.Json["retrieval"]!.AsArray().Select(item => new TestCaseData(item).SetArgDisplayNames(
        $"{item!["distance"]}{((bool)item["leave_one_out"]! ? ", leave one out" : "")}{((bool)item["without_class_0"]! ? ", a class missing" : "")}"));

    [TestCaseSource(nameof(Oracle))]
    public void It_scores_as_numpy_does(JsonNode expected)
    {
        var (alone, bank) = ((bool)expected["leave_one_out"]!, EvaluationOracle.Bank);
        if ((bool)expected["without_class_0"]!)
        {
            bank = bank.Take([.. Enumerable.Range(0, bank.Labels.Length).Where(row => bank.Labels[row] > 0)]);
        }

        var scores = Retrieval.Measure(
            bank, alone ? bank : EvaluationOracle.Queries, Enum.Parse<Distance>((string)expected["distance"]!, ignoreCase: true), alone);
        var numbers = expected["scores"]!.AsArray().Select(number => (double)number!).ToArray();
        Assert.That(
            new[] { scores.MeanAveragePrecision, scores.RecallAt1, scores.RecallAt10, scores.Queries, scores.Excluded },
            Is.EqualTo(numbers).Within(1e-6));
    }

    [Test]
    public void Precision_is_averaged_down_to_every_relevant_image()
    {
        // The relevant images stand at ranks 1, 3 and 4: (1/1 + 2/3 + 3/4) / 3.
        var bank = new LabelledVectors(new VectorMatrix(new float[] { 1, 0, 2, 1, 1, 1, 1, 2 }, 4, 2), [0, 1, 0, 0], 2);
        var query = new LabelledVectors(new VectorMatrix(new float[] { 3, 0 }, 1, 2), [0], 2);
        Assert.That(
            Retrieval.Measure(bank, query, Distance.Cosine, leaveOneOut: false),
            Is.EqualTo(new RetrievalScores((1 + (2 / 3.0) + (3 / 4.0)) / 3, 1, 1, 1, 0)));
    }

    [Test]
    public void An_instance_with_one_image_is_left_out_and_counted()
    {
        // Two photographs each of instances 0 and 1, one of instance 2.
        var photographs = new LabelledVectors(new VectorMatrix(new float[] { 1, 0, 9, 1, 0, 1, 1, 9, -1, -1 }, 5, 2), [0, 0, 1, 1, 2], 3);
        Assert.That(Retrieval.Measure(photographs, photographs, Distance.Cosine, leaveOneOut: true), Is.EqualTo(new RetrievalScores(1, 1, 1, 4, 1)));
    }

    [Test]
    public void Nothing_to_find_is_said()
    {
        var (bank, queries) = (Blobs.Draw(9, 3, 3, 1, seed: 1), Blobs.Draw(3, 3, 3, 1, seed: 2));
        var others = bank with { Labels = [.. bank.Labels.Select(label => label + 3)], Classes = 6 };
        Assert.That(
            () => Retrieval.Measure(others, queries, Distance.Cosine, leaveOneOut: false),
            Throws.ArgumentException.With.Message.EqualTo("No query has another image of its class in the bank, so there is nothing to find."));
    }

    [Test]
    public void It_can_be_interrupted()
    {
        var data = Blobs.Draw(500, 8, 5, 1, seed: 1);
        Assert.That(
            () => Retrieval.Measure(data, data, Distance.Cosine, leaveOneOut: true, cancellation: new CancellationToken(true)),
            Throws.InstanceOf<OperationCanceledException>());
    }
}
