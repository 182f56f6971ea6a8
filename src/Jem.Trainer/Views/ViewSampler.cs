using System.Buffers;
using Jem.Graphs.Programs;
using Jem.Graphs.Seeding;
using Jem.Imaging;
using Jem.Imaging.Resizing;
using Jem.Shared;

namespace Jem.Trainer.Views;

/// <summary>
/// Makes the random views of images that a recipe describes. What a view shows depends on nothing but the image and
/// (seed, epoch, image index, view). Safe to share between threads; allocates nothing per view.
/// </summary>
public sealed class ViewSampler
{
    private static readonly ulong s_stream = SeededRandom.Hash("views");
    private readonly ViewRecipe _recipe;
    private readonly ResizeFilter _filter;
    private readonly int _first;

    /// <param name="channels">Channels of the images, ≥ 1. Saturation, hue and grey act on three channels only.</param>
    /// <param name="first">The number of the recipe's first view among all views of an image.</param>
    /// <exception cref="ArgumentException">The recipe makes no sense; the message says which setting and what to do.</exception>
    public ViewSampler(ViewRecipe recipe, int channels, int first = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ViewRecipeRules.Check(recipe);
        (_recipe, _filter, _first, Channels) = (recipe, FilterOf(recipe), first, channels);
    }

    public int Channels { get; }

    /// <summary>Bytes of one view: channels × size × size.</summary>
    public int ViewLength => Channels * _recipe.Size * _recipe.Size;

    /// <summary>Draws a view's parameters and executes them.</summary>
    /// <param name="view">0 … recipe.Count − 1.</param>
    /// <param name="destination">Receives the view, planar [C, S, S].</param>
    public void Sample(PlanarImage image, ulong seed, long epoch, long index, int view, Span<byte> destination) =>
        Render(image, Draw(image.Width, image.Height, seed, epoch, index, view), destination);

    /// <summary>What a view will be of an image of this size.</summary>
    public ViewParameters Draw(int width, int height, ulong seed, long epoch, long index, int view)
    {
        var random = new SeededRandom(seed, s_stream, (ulong)epoch, (ulong)index, (ulong)(_first + view));
        var crop = RandomResizedCrop.Draw(ref random, width, height, _recipe.CropScale, _recipe.CropRatio);

        // Everything is drawn whether or not it is used, so that changing one probability leaves the rest of a view as it was.
        var flip = random.NextDouble() < _recipe.Flip;
        var jittered = random.NextDouble() < _recipe.Jitter;
        var jitter = new ColourJitter(
            random.NextInt(ColourJitter.Orders),
            Factor(ref random, _recipe.Brightness),
            Factor(ref random, _recipe.Contrast),
            Factor(ref random, _recipe.Saturation),
            random.NextDouble(-_recipe.Hue, _recipe.Hue));
        var grey = random.NextDouble() < _recipe.Grey;
        var blurred = random.NextDouble() < PerView(_recipe.Blur, view);
        var sigma = random.NextDouble(_recipe.BlurSigma[0], _recipe.BlurSigma[1]);
        var solarize = random.NextDouble() < PerView(_recipe.Solarize, view);
        return new ViewParameters(crop, flip, jittered ? jitter : null, grey && Channels == 3, blurred ? sigma : 0, solarize);
    }

    /// <summary>Makes a view from its parameters: crop, flip, jitter, grey, blur, solarize.</summary>
    /// <param name="destination">Receives the view, planar [C, S, S].</param>
    /// <exception cref="ArgumentException">The image has other channels, or the destination another length.</exception>
    public void Render(PlanarImage image, in ViewParameters parameters, Span<byte> destination)
    {
        if (image.Channels != Channels || destination.Length != ViewLength)
        {
            throw new ArgumentException(
                $"A view of {Channels} channels and {ViewLength} bytes cannot be made "
                + $"from an image of {image.Channels} channels into {destination.Length} bytes.");
        }

        var scratch = ArrayPool<float>.Shared.Rent(FloatPlanes.Length(Channels, _recipe.Size, _recipe.Size));
        var view = new FloatPlanes(scratch, Channels, _recipe.Size, _recipe.Size);
        var crop = parameters.Crop;
        var columns = ResizeAxis.Whole(crop.Left, crop.Width, _recipe.Size, parameters.Flip);
        Resampler.Resample(image, columns, ResizeAxis.Whole(crop.Top, crop.Height, _recipe.Size), _filter, view);
        if (parameters.Jitter is { } jitter)
        {
            ApplyJitter(view, jitter);
        }

        if (parameters.Grey)
        {
            ColourChanges.Grey(view);
        }

        if (parameters.BlurSigma > 0)
        {
            GaussianBlur.Apply(view, parameters.BlurSigma);
        }

        if (parameters.Solarize)
        {
            ColourChanges.Solarize(view, _recipe.SolarizeThreshold);
        }

        view.CopyTo(destination);
        ArrayPool<float>.Shared.Return(scratch);
    }

    private static void ApplyJitter(FloatPlanes view, ColourJitter jitter)
    {
        foreach (var change in jitter.Sequence)
        {
            switch (change)
            {
                case 0 when jitter.Brightness != 1:
                    ColourChanges.Brightness(view, jitter.Brightness);
                    break;
                case 1 when jitter.Contrast != 1:
                    ColourChanges.Contrast(view, jitter.Contrast);
                    break;
                case 2 when jitter.Saturation != 1 && view.Channels == 3:
                    ColourChanges.Saturation(view, jitter.Saturation);
                    break;
                case 3 when jitter.Hue != 0 && view.Channels == 3:
                    HueShift.Apply(view, jitter.Hue);
                    break;
            }
        }
    }

    private static ResizeFilter FilterOf(ViewRecipe recipe)
    {
        var (name, names) = (recipe.Interpolation, string.Join(", ", ResizeFilter.Names));
        return ResizeFilter.Find(name, recipe.Antialias)
            ?? throw new ArgumentException($"Unknown views.interpolation '{name}'. Did you mean '{Nearest.To(name, ResizeFilter.Names)}'? There are {names}.");
    }

    private static double Factor(ref SeededRandom random, double strength) =>
        random.NextDouble(Math.Max(0, 1 - strength), 1 + strength);

    private static double PerView(double[] probabilities, int view) => probabilities[probabilities.Length == 1 ? 0 : view];
}
