using Jem.Embed.Vectors;
using Jem.Trainer.Eval.Clusters;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval.Clusters;

public class ClusteringTests
{
    [Test]
    public void Labelled_images_do_not_count_for_the_accuracy_but_belong_to_their_clusters()
    {
        // Rows 0 and 1 are labelled: prototype 2 becomes class 0 and prototype 0 class 1; prototype 1 is empty.
        var labelled = new LabelledVectors(new VectorMatrix(new float[] { 0, 0, 9, 9, 0, 0 }, 2, 3), [0, 1], 2);
        var assignment = new Assignment([2, 0, 2, 2, 0, 2], [9, 9, 1, 4, 5, 7], labelled);
        var clustering = Clustering.Of(assignment, [0, 1, 0, 1, 1, 0], [0, 1]);
        Assert.Multiple(() =>
        {
            Assert.That(
                clustering.Clusters.Select(cluster => (cluster.Prototype, cluster.Class, cluster.Labelled)),
                Is.EqualTo(new[] { (2, 0, 1), (0, 1, 1) }),
                "the largest first");
            Assert.That(clustering.Clusters[0].Images, Is.EqualTo(new[] { 0, 5, 3, 2 }), "the highest score first");
            Assert.That(clustering.Clusters[0].Counts, Is.EqualTo(new KeyValuePair<int, int>[] { new(0, 3), new(1, 1) }));
            Assert.That(clustering.Clusters.Select(cluster => cluster.Purity), Is.EqualTo(new[] { 0.75, 1 }));
            Assert.That(clustering.Accuracy, Is.EqualTo(0.75), "of rows 2 to 5");
            Assert.That(clustering.Chance, Is.EqualTo(0.5));
            Assert.That(clustering.Purity, Is.EqualTo(5 / 6.0));
            Assert.That(clustering.Classes, Is.EqualTo(new[] { new ClassAccuracy(0, 2, 1), new ClassAccuracy(1, 2, 0.5) }));
        });
    }
}
