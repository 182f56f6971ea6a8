using Jem.Graphs.Programs;
using Jem.Trainer.Views;

namespace Jem.Trainer.Tests.Views;

public sealed class ViewRecipeRulesTests
{
    private static IEnumerable<TestCaseData> Broken()
    {
        var recipe = new ViewRecipe();
        yield return new(recipe with { Flip = 50 }, "views.flip is 50; expected a number in [0, 1]; for 50 per cent write 0.5.");
        yield return new(recipe with { Grey = -0.1 }, "views.grey is -0.1; expected a number in [0, 1].");
        yield return new(recipe with { Jitter = double.NaN }, "views.jitter is NaN");
        yield return new(
            recipe with { CropScale = [1, 0.2] },
            "views.crop_scale is 1,0.2; expected two numbers low,high in (0, 1] with low ≤ high; swap the two.");
        yield return new(recipe with { CropScale = [0, 1] }, "views.crop_scale is 0,1");
        yield return new(recipe with { CropScale = [0.5, 1.5] }, "views.crop_scale is 0.5,1.5");
        yield return new(recipe with { CropScale = [0.5] }, "views.crop_scale is 0.5;");
        yield return new(recipe with { CropRatio = [0, 1] }, "views.crop_ratio is 0,1");
        yield return new(recipe with { BlurSigma = [0, 1] }, "views.blur_sigma is 0,1");
        yield return new(recipe with { Size = 0 }, "views.size is 0; expected a whole number in [1, 4096]. Side of a view in pixels");
        yield return new(
            recipe with { Interpolation = "bicubical" },
            "views.interpolation is 'bicubical'; expected bilinear, bicubic, nearest. Did you mean 'bicubic'?");
        yield return new(recipe with { Count = 0 }, "views.count is 0");
        yield return new(recipe with { Hue = 0.6 }, "views.hue is 0.6; expected a number in [0, 0.5]. The hue shift");
        yield return new(recipe with { Contrast = -1 }, "views.contrast is -1");
        yield return new(recipe with { Blur = [0.1, 0.2, 0.3] }, "views.blur is 0.1,0.2,0.3; expected one probability for all views or one for each of the 2.");
        yield return new(recipe with { Solarize = [] }, "views.solarize is empty");
        yield return new(recipe with { Solarize = [0, 2] }, "views.solarize is 0,2; expected numbers, each in [0, 1]");
        yield return new(recipe with { SolarizeThreshold = 256 }, "views.solarize_threshold is 256");
    }

    [TestCaseSource(nameof(Broken))]
    public void A_setting_out_of_its_range_is_named_with_what_it_may_be(ViewRecipe recipe, string message) =>
        Assert.That(() => new ViewSampler(recipe, 3), Throws.ArgumentException.With.Message.StartsWith(message));

    [Test]
    public void The_defaults_are_allowed() => Assert.That(() => ViewRecipeRules.Check(new ViewRecipe()), Throws.Nothing);
}
