using Jem.Graphs.Programs;
using Jem.Imaging;
using Jem.Imaging.Resizing;
using Jem.Trainer.Views;

namespace Jem.Trainer.Tests.Views;

public sealed class ViewSamplerTests
{
    private const int Draws = 1000;

    private static readonly ViewRecipe s_recipe = new() { Size = 16, Blur = [0.3, 0.9], Solarize = [0.0, 0.2] };

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
            Assert.That(
                Render(s_recipe, image, whole with { Jitter = new ColourJitter(0, 0.5, 1, 1, 0) }),
                Is.EqualTo(image.Pixels.ToArray().Select(level => (byte)(level / 2))));
        }
    }

    [Test]
    public void Each_band_of_an_image_is_treated_as_if_it_were_alone()
    {
        const int Bands = 5, Area = 16 * 16;
        var recipe = s_recipe with { Contrast = 0, Jitter = 1, Blur = [1], Solarize = [0.5] };
        var (bands, image) = (new ViewSampler(recipe, Bands), Gradient(Bands, 23, 37));
        var (view, band) = (new byte[Bands * Area], new byte[Area]);
        for (var index = 0; index < 20; index++)
        {
            bands.Sample(image, 0, 0, index, 0, view);
            for (var channel = 0; channel < Bands; channel++)
            {
                var alone = new PlanarImage(image.Plane(channel).ToArray(), 1, 23, 37);
                new ViewSampler(recipe, 1).Sample(alone, 0, 0, index, 0, band);
                Assert.That(view.AsSpan(channel * Area, Area).ToArray(), Is.EqualTo(band));
            }
        }
    }

    [TestCase("bilinear")]
    [TestCase("bicubic")]
    [TestCase("nearest")]
    public void An_image_of_one_level_stays_so_in_every_crop(string interpolation)
    {
        var image = new PlanarImage(Enumerable.Repeat((byte)201, 3 * 41 * 29).ToArray(), 3, 41, 29);
        foreach (var antialias in (bool[])[true, false])
        {
            var recipe = new ViewRecipe { Size = 13, CropScale = [0.001, 1], Jitter = 0, Grey = 0, Interpolation = interpolation, Antialias = antialias };
            var (sampler, view) = (new ViewSampler(recipe, 3), new byte[3 * 13 * 13]);
            for (var index = 0; index < 200; index++)
            {
                sampler.Sample(image, 0, 0, index, 0, view);
                Assert.That(view, Is.All.EqualTo(201));
            }
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
        Assert.That(
            () => Render(s_recipe, Gradient(1, 8, 8), default, channels: 3),
            Throws.ArgumentException.With.Message.Contains("cannot be made from an image of 1 channels"));

    private static List<ViewParameters> Draw(ViewRecipe recipe, int view, int width = 100, int height = 80, int channels = 3)
    {
        var sampler = new ViewSampler(recipe, channels);
        return [.. Enumerable.Range(0, Draws).Select(index => sampler.Draw(width, height, 5, 0, index, view))];
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
}
