using Jem.Trainer.Eval;

namespace Jem.Trainer.Tests.Eval;

public sealed class ProtocolsTests
{
    [Test]
    public void Neighbours_are_asked_for_20_and_200_from_one_search()
    {
        var results = Protocols.Knn("random", Blobs.Draw(500, 8, 4, 4, seed: 1), Blobs.Draw(100, 8, 4, 4, seed: 2)).ToList();
        Assert.That(results.Select(result => (result.Encoder, result.Protocol, result.K, result.LabelsPerClass)), Is.EqualTo(new (string, string, int?, string?)[]
        {
            ("random", "knn", 20, null), ("random", "knn", 200, null),
        }));
        Assert.That(results.Select(result => result.Accuracy), Is.All.InRange(0.6, 1));
    }

    [TestCase(500, "10")]
    [TestCase(28, "7")]
    public void The_probe_has_all_labels_and_then_ten_per_class_or_what_there_are(int count, string few)
    {
        var results = Protocols.Linear("trained", Blobs.Draw(count, 8, 4, 4, seed: 1), Blobs.Draw(100, 8, 4, 4, seed: 2), seed: 3).ToList();
        Assert.That(results.Select(result => (result.Protocol, result.K, result.LabelsPerClass)), Is.EqualTo(new (string, int?, string?)[]
        {
            ("linear", null, "all"), ("linear", null, few),
        }));
        Assert.That(results.Select(result => result.Deviation is null), Is.EqualTo(new[] { true, false }));
    }
}
