using Jem.Trainer.Data;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval.Vectors;

public sealed class ImageSubsetTests
{
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
