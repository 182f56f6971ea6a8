using Jem.Graphs.Methods;

namespace Jem.Trainer.Views;

/// <summary>What a recipe must satisfy. Settings are named as in a run's configuration.</summary>
public static class ViewRecipeRules
{
    /// <exception cref="ArgumentException">A setting is out of its range; the message names it, what it is, and what it may be.</exception>
    public static void Check(ViewRecipe recipe)
    {
        Require(recipe.Count >= 1, "count", recipe.Count, "at least 1 (2 for two views per image)");
        Require(recipe.Size >= 1, "size", recipe.Size, "at least 1 pixel, such as 32");
        ResizeFilter.Get(recipe.Interpolation, recipe.Antialias);
        Probability("flip", recipe.Flip);
        Probability("jitter", recipe.Jitter);
        Probability("grey", recipe.Grey);
        PerView("blur", recipe.Blur, recipe.Count);
        PerView("solarize", recipe.Solarize, recipe.Count);
        Range("crop_scale", recipe.CropScale, 1, "fractions of the image's area [low, high] with 0 < low ≤ high ≤ 1, such as [0.2, 1]");
        Range("crop_ratio", recipe.CropRatio, double.MaxValue, "width : height [low, high] with 0 < low ≤ high, such as [0.75, 1.33]");
        Range("blur_sigma", recipe.BlurSigma, double.MaxValue, "pixels [low, high] with 0 < low ≤ high, such as [0.1, 2]");
        Strength("brightness", recipe.Brightness);
        Strength("contrast", recipe.Contrast);
        Strength("saturation", recipe.Saturation);
        Require(recipe.Hue is >= 0 and <= 0.5, "hue", recipe.Hue, "a shift in turns from 0 to 0.5 (0.5 reaches every hue), such as 0.1");
        Require(recipe.SolarizeThreshold is >= 0 and <= 255, "solarize_threshold", recipe.SolarizeThreshold, "a level from 0 to 255, such as 128");
    }

    private static void Probability(string setting, double value) =>
        Require(value is >= 0 and <= 1, setting, value, "a probability from 0 to 1" + (value is > 1 and <= 100 ? $": for {value} per cent write {value / 100}" : ""));

    private static void Strength(string setting, double value) =>
        Require(value is >= 0 and <= double.MaxValue, setting, value, "at least 0 (0 leaves it out), such as 0.4");

    private static void PerView(string setting, double[] values, int count)
    {
        Require(
            values.Length == 1 || values.Length == count,
            setting,
            Text(values),
            $"one probability for all views or {(count == 1 ? "no more" : $"one for each of the {count}")}");
        foreach (var value in values)
        {
            Probability(setting, value);
        }
    }

    private static void Range(string setting, double[] values, double limit, string expected)
    {
        var valid = values is [> 0, var high] && values[0] <= high && high <= limit;
        var swapped = values is [var first, > 0] && first > values[1] && first <= limit;
        Require(valid, setting, Text(values), expected + (swapped ? ". Swap the two" : ""));
    }

    private static void Require(bool valid, string setting, object value, string expected)
    {
        if (!valid)
        {
            throw new ArgumentException($"views.{setting} is {value}; it must be {expected}.");
        }
    }

    private static string Text(double[] values) => $"[{string.Join(", ", values)}]";
}
