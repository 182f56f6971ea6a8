using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Programs;

public class ViewRecipeTests
{
    [Test]
    public void Large_images_are_cropped_harder_and_blurred()
    {
        var recipe = new ViewRecipe().ForImages(96, 3);
        Assert.That((recipe.Size, recipe.CropScale, recipe.Blur), Is.EqualTo((96, new[] { 0.08, 1 }, new[] { 0.5 })));
    }

    [Test]
    public void Small_images_are_not()
    {
        var recipe = new ViewRecipe().ForImages(95, 3);
        Assert.That((recipe.Size, recipe.CropScale, recipe.Blur), Is.EqualTo((95, new[] { 0.2, 1 }, new[] { 0.0 })));
    }

    [TestCase(32)]
    [TestCase(224)]
    public void Multi_crop_has_its_own_scales_at_every_size(int size)
    {
        Assert.That(new SwavOptions().ViewsFor(size, 3).CropScale, Is.EqualTo(new[] { 0.14, 1 }));
        Assert.That(new DinoOptions().ViewsFor(size, 3).CropScale, Is.EqualTo(new[] { 0.4, 1 }));
    }

    [Test]
    public void Large_images_are_blurred_as_in_the_papers()
    {
        Assert.That(new SwavOptions().ViewsFor(96, 3).Blur, Is.EqualTo(new[] { 0.5 }));
        var dino = new DinoOptions().ViewsFor(96, 3);
        Assert.That((dino.Blur, dino.Solarize), Is.EqualTo((new[] { 1, 0.1 }, new[] { 0, 0.2 })));
    }

    [Test]
    public void Methods_that_crop_or_blur_large_images_less_do_so() => Assert.Multiple(() =>
    {
        var (moco, npid, data2vec) = (new MocoOptions().ViewsFor(224, 3), new NpidOptions().ViewsFor(224, 3), new Data2VecOptions().ViewsFor(224, 3));
        Assert.That((moco.CropScale, moco.Blur), Is.EqualTo((new[] { 0.2, 1 }, new[] { 0.5 })));
        Assert.That((npid.CropScale, npid.Blur, npid.Grey), Is.EqualTo((new[] { 0.2, 1 }, new[] { 0.0 }, 0.2)));
        Assert.That((data2vec.CropScale, data2vec.Blur, data2vec.Grey), Is.EqualTo((new[] { 0.08, 1 }, new[] { 0.0 }, 0)));
    });

    [Test]
    public void Images_of_one_channel_are_not_turned_grey() =>
        Assert.That((new ViewRecipe().ForImages(28, 1).Grey, new ViewRecipe().ForImages(28, 3).Grey), Is.EqualTo((0, 0.2)));
}
