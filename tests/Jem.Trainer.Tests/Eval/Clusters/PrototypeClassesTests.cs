using Jem.Embed.Vectors;
using Jem.Graphs.Seeding;
using Jem.Trainer.Eval.Clusters;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval.Clusters;

public class PrototypeClassesTests
{
    [Test]
    public void The_rule_agrees_with_loops_over_everything([Range(0, 39)] int seed)
    {
        // Scores of few values, so that all kinds of ties occur.
        var random = new SeededRandom((ulong)seed);
        var (images, prototypes, classes) = (1 + (int)(random.NextDouble() * 30), 1 + (int)(random.NextDouble() * 12), 4);
        var scores = Enumerable.Range(0, images * prototypes).Select(_ => (float)Math.Floor(random.NextDouble() * 4)).ToArray();
        var labels = Enumerable.Range(0, images).Select(_ => (int)(random.NextDouble() * classes)).ToArray();
        var result = PrototypeClasses.Of(new LabelledVectors(new VectorMatrix(scores, images, prototypes), labels, classes));
        for (var k = 0; k < prototypes; k++)
        {
            var (count, sum, highest, highestClass, all) = (new int[classes], new double[classes], float.NegativeInfinity, -1, 0);
            for (var i = 0; i < images; i++)
            {
                var mine = true;
                for (var other = 0; other < prototypes; other++)
                {
                    mine &= scores[(i * prototypes) + k] > scores[(i * prototypes) + other]
                        || (scores[(i * prototypes) + k] == scores[(i * prototypes) + other] && k <= other);
                }

                var score = scores[(i * prototypes) + k];
                if (mine)
                {
                    (count[labels[i]], sum[labels[i]], all) = (count[labels[i]] + 1, sum[labels[i]] + score, all + 1);
                }

                if (score > highest || (score == highest && labels[i] < highestClass))
                {
                    (highest, highestClass) = (score, labels[i]);
                }
            }

            var best = 0;
            for (var label = 1; label < classes; label++)
            {
                best = count[label] > count[best] || (count[label] == count[best] && sum[label] > sum[best]) ? label : best;
            }

            Assert.That((result.Classes[k], result.Labelled[k]), Is.EqualTo((all > 0 ? best : highestClass, all)), $"prototype {k}");
        }
    }

    [Test]
    public void Of_two_classes_with_as_many_images_the_higher_scores_win_and_then_the_lower_class()
    {
        Assert.That(Classes([5, 0, 6, 0], [0, 1])[0], Is.EqualTo(1));
        Assert.That(Classes([5, 0, 5, 0], [1, 0])[0], Is.Zero);
        Assert.That(Classes([1, 0, 1, 0, 9, 0], [1, 1, 0])[0], Is.EqualTo(1), "the most images come first");
    }

    [Test]
    public void A_prototype_without_labelled_images_takes_the_class_of_the_one_that_scores_highest_on_it()
    {
        Assert.That(Classes([5, 1, 5, 2], [0, 1]), Is.EqualTo(new[] { 0, 1 }));
        Assert.That(Classes([5, 2, 6, 2], [1, 0])[1], Is.Zero, "of two the lower class");
    }

    private static int[] Classes(float[] scores, int[] labels) =>
        PrototypeClasses.Of(new LabelledVectors(new VectorMatrix(scores, labels.Length, 2), labels, 2)).Classes;
}
