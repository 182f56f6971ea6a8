using Jem.Trainer.Data;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval.Vectors;

public sealed class ImageSubsetTests
{
    [Test]
    public void Classes_take_turns_for_as_long_as_they_last()
    {
        int[] labels = [.. Enumerable.Repeat(0, 50), .. Enumerable.Repeat(1, 7), .. Enumerable.Repeat(2, 20)];
        var order = ImageSubset.Balanced(labels, seed: 3);
        Assert.That(order.Order(), Is.EqualTo(Enumerable.Range(0, 77)));
        Assert.That(order.Take(21).CountBy(row => labels[row]).Select(pair => pair.Value), Is.All.EqualTo(7));
        Assert.That(order.Skip(21).Take(26).CountBy(row => labels[row]).Select(pair => pair.Value), Is.All.EqualTo(13));
    }

    [Test]
    public void The_order_depends_on_the_seed_alone()
    {
        var labels = Enumerable.Range(0, 60).Select(i => i % 3).ToArray();
        Assert.That(ImageSubset.Balanced(labels, 1), Is.EqualTo(ImageSubset.Balanced(labels, 1)).And.Not.EqualTo(ImageSubset.Balanced(labels, 2)));
    }

    [Test]
    public void A_subset_has_the_images_and_labels_of_its_rows()
    {
        var images = DataSets.Open("synthetic:shapes?n=20&size=8", DataSplit.Train);
        var subset = new ImageSubset(images, [13, 2]);
        Assert.That(subset.Labels, Is.EqualTo(new[] { images.Labels![13], images.Labels[2] }));
        Assert.That(subset.Image(1).Pixels.ToArray(), Is.EqualTo(images.Image(2).Pixels.ToArray()));
        Assert.That((subset.Count, subset.Name(0)), Is.EqualTo((2, images.Name(13))));
    }
}
