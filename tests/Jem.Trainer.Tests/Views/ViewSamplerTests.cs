using Jem.Graphs.Methods;
using Jem.Trainer.Views;

namespace Jem.Trainer.Tests.Views;

public sealed class ViewSamplerTests
{
    private const int Draws = 4000;

    private static readonly ViewRecipe s_recipe = new() { Size = 16, Blur = [0.3, 0.9], Solarize = [0.0, 0.2] };

    [Test]
    public void Each_change_happens_as_often_as_its_probability_says()
    {
        var (first, second) = (Draw(s_recipe, 0), Draw(s_recipe, 1));
        using (Assert.EnterMultipleScope())
        {
            Rate(first, view => view.Flip, 0.5);
            Rate(first, view => view.Jitter is not null, 0.8);
            Rate(first, view => view.Grey, 0.2);
            Rate(first, view => view.BlurSigma > 0, 0.3);
            Rate(second, view => view.BlurSigma > 0, 0.9);
            Rate(first, view => view.Solarize, 0);
            Rate(second, view => view.Solarize, 0.2);
        }
    }

    [Test]
    public void Factors_shifts_and_blurs_are_uniform_in_their_ranges()
    {
        var views = Draw(s_recipe, 0);
        var jitters = views.Where(view => view.Jitter is not null).Select(view => view.Jitter!.Value).ToList();
        using (Assert.EnterMultipleScope())
        {
            Uniform(jitters.Select(jitter => jitter.Brightness), 0.6, 1.4);
            Uniform(jitters.Select(jitter => jitter.Contrast), 0.6, 1.4);
            Uniform(jitters.Select(jitter => jitter.Saturation), 0.6, 1.4);
            Uniform(jitters.Select(jitter => jitter.Hue), -0.1, 0.1);
            Uniform(jitters.Select(jitter => (jitter.Order + 0.5) / ColourJitter.Orders), 0, 1);
            Uniform(views.Where(view => view.BlurSigma > 0).Select(view => view.BlurSigma), 0.1, 2);
        }
    }

    [Test]
    public void Crops_have_uniform_areas_and_log_uniform_ratios()
    {
        // Up to half of the area every ratio fits, so that no try is turned down.
        var views = Draw(s_recipe with { CropScale = [0.2, 0.5] }, 0, 1000, 1000);
        using (Assert.EnterMultipleScope())
        {
            Uniform(views.Select(view => view.Crop.Width * (double)view.Crop.Height / 1e6), 0.2, 0.5, slack: 0.002);
            Uniform(views.Select(view => Math.Log((double)view.Crop.Width / view.Crop.Height)), Math.Log(0.75), Math.Log(4.0 / 3), slack: 0.004);
            Uniform(views.Select(view => view.Crop.Left / (1000.0 - view.Crop.Width)), 0, 1, slack: 0.002);
            Uniform(views.Select(view => view.Crop.Top / (1000.0 - view.Crop.Height)), 0, 1, slack: 0.002);
        }
    }

    [Test]
    public void A_view_depends_on_its_seeds_alone()
    {
        var (sampler, image) = (new ViewSampler(s_recipe, 3), Gradient(3, 20, 30));
        byte[] Sample(ulong seed, long epoch, long index, int view)
        {
            var bytes = new byte[sampler.ViewLength];
            sampler.Sample(image, seed, epoch, index, view, bytes);
            return bytes;
        }

        var one = Sample(1, 2, 3, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Sample(1, 2, 3, 1), Is.EqualTo(one));
            Assert.That(Sample(9, 2, 3, 1), Is.Not.EqualTo(one));
            Assert.That(Sample(1, 9, 3, 1), Is.Not.EqualTo(one));
            Assert.That(Sample(1, 2, 9, 1), Is.Not.EqualTo(one));
            Assert.That(Sample(1, 2, 3, 0), Is.Not.EqualTo(one));
        }
    }

    [Test]
    public void Changing_one_probability_leaves_the_rest_of_a_view()
    {
        var before = Draw(s_recipe, 0).Select(view => view with { Jitter = null });
        Assert.That(Draw(s_recipe with { Jitter = 0, Brightness = 0 }, 0), Is.EqualTo(before));
    }

    [Test]
    public void The_whole_image_at_its_own_size_is_itself_and_flips()
    {
        var image = Gradient(5, 16, 16);
        var whole = new ViewParameters(new CropBox(0, 0, 16, 16), false, null, false, 0, false);
        var (plain, flipped) = (Render(s_recipe, image, whole), Render(s_recipe, image, whole with { Flip = true }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(plain, Is.EqualTo(image.Pixels.ToArray()));
            Assert.That(flipped.Chunk(16).SelectMany(row => row.Reverse()), Is.EqualTo(plain));
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    public void On_other_than_three_channels_only_brightness_and_contrast_act(int channels)
    {
        var (image, whole) = (Gradient(channels, 16, 16), new ViewParameters(new CropBox(0, 0, 16, 16), false, null, false, 0, false));
        var colour = whole with { Jitter = new ColourJitter(0, 1, 1, 0.2, 0.3) };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Render(s_recipe, image, colour), Is.EqualTo(image.Pixels.ToArray()));
            Assert.That(Draw(s_recipe with { Grey = 1 }, 0, channels: channels).Any(view => view.Grey), Is.False);
            Assert.That(Render(s_recipe, image, whole with { Jitter = new ColourJitter(0, 0.5, 1, 1, 0) }), Is.EqualTo(image.Pixels.ToArray().Select(level => (byte)(level / 2))));
        }
    }

    [Test]
    public void Views_allocate_nothing()
    {
        var (sampler, image, view) = (new ViewSampler(s_recipe, 3), Gradient(3, 40, 40), new byte[3 * 16 * 16]);
        sampler.Sample(image, 0, 0, 0, 0, view);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            sampler.Sample(image, 0, 0, i, 1, view);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(20_000), "bytes; the pool may grow, views may not");
    }

    [Test]
    public void Another_number_of_channels_is_refused() =>
        Assert.That(() => Render(s_recipe, Gradient(1, 8, 8), default, channels: 3), Throws.ArgumentException.With.Message.Contains("cannot be made from an image of 1 channels"));

    private static List<ViewParameters> Draw(ViewRecipe recipe, int view, int width = 100, int height = 80, int channels = 3)
    {
        var sampler = new ViewSampler(recipe, channels);
        return [.. Enumerable.Range(0, Draws).Select(index => sampler.Draw(width, height, 5, index / 1000, index, view))];
    }

    private static byte[] Render(ViewRecipe recipe, PlanarImage image, ViewParameters parameters, int? channels = null)
    {
        var sampler = new ViewSampler(recipe, channels ?? image.Channels);
        var view = new byte[sampler.ViewLength];
        sampler.Render(image, parameters, view);
        return view;
    }

    private static PlanarImage Gradient(int channels, int height, int width) =>
        new(Enumerable.Range(0, channels * height * width).Select(i => (byte)(i * 7)).ToArray(), channels, height, width);

    /// <summary>Within four standard deviations of a coin's frequency.</summary>
    private static void Rate(List<ViewParameters> views, Func<ViewParameters, bool> happens, double probability) =>
        Assert.That(views.Count(happens) / (double)views.Count, Is.EqualTo(probability).Within(4 * Math.Sqrt(probability * (1 - probability) / views.Count)));

    /// <summary>The largest distance to the uniform distribution function (Kolmogorov and Smirnov), at a level of one in a million.</summary>
    private static void Uniform(IEnumerable<double> values, double low, double high, double slack = 0)
    {
        var sorted = values.Order().ToList();
        var distance = sorted.Select((value, i) => Math.Abs(((value - low) / (high - low)) - ((i + 0.5) / sorted.Count))).Max();
        Assert.That(distance, Is.LessThan((2.7 / Math.Sqrt(sorted.Count)) + slack));
    }
}
