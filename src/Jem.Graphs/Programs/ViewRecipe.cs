using Jem.Graphs.Options;

namespace Jem.Graphs.Programs;

/// <summary>
/// How one image becomes the random views that a method compares: an augmentation as data.
/// The order is crop, flip, jitter, grey, blur, solarize (SimCLR, arXiv:2002.05709, appendix A; BYOL, arXiv:2006.07733, appendix B).
/// </summary>
public sealed record ViewRecipe
{
    /// <summary>Views drawn per image (V, ≥ 1).</summary>
    [Option("Views drawn per image.", Symbol = "V", Least = 1)]
    public int Count { get; init; } = 2;

    /// <summary>Side of a view in pixels (≥ 1).</summary>
    [Option("Side of a view in pixels; views are square. It is image.size.", Least = 1, Most = 4096)]
    public int Size { get; init; } = 32;

    /// <summary>The area of the crop as a fraction of the image's, drawn uniformly (in (0, 1]).</summary>
    [Option("The area of the crop as a fraction of the image's, drawn uniformly. From 96 pixels on it begins at 0.08.", Above = 0, Most = 1, Interval = true)]
    public double[] CropScale { get; init; } = [0.2, 1.0];

    /// <summary>The crop's width : height, drawn log-uniformly (&gt; 0).</summary>
    [Option("The crop's width : height, drawn log-uniformly.", Above = 0, Interval = true)]
    public double[] CropRatio { get; init; } = [3.0 / 4, 4.0 / 3];

    /// <summary>How the crop is resized: nearest takes the pixel whose centre is nearest, as PIL.</summary>
    [Option("How the crop is resized: nearest takes the pixel whose centre is nearest, as PIL.", Names = ["bilinear", "bicubic", "nearest"])]
    public string Interpolation { get; init; } = "bilinear";

    /// <summary>Whether shrinking averages over all pixels, as PIL and torchvision's antialias=True.</summary>
    [Option("Whether shrinking averages over all pixels, as PIL and torchvision's antialias=True; not for nearest.")]
    public bool Antialias { get; init; } = true;

    /// <summary>Probability of a horizontal flip (in [0, 1]).</summary>
    [Option("Probability of a horizontal flip.", Least = 0, Most = 1)]
    public double Flip { get; init; } = 0.5;

    /// <summary>Probability of colour jitter (in [0, 1]).</summary>
    [Option("Probability of colour jitter. On one channel only brightness and contrast act.", Least = 0, Most = 1)]
    public double Jitter { get; init; } = 0.8;

    /// <summary>The brightness factor is drawn from [max(0, 1−b), 1+b] (b, ≥ 0).</summary>
    [Option("The brightness factor is drawn from [max(0, 1−b), 1+b].", Symbol = "b", Least = 0)]
    public double Brightness { get; init; } = 0.4;

    /// <summary>The contrast factor is drawn from [max(0, 1−c), 1+c] (c, ≥ 0).</summary>
    [Option("The contrast factor is drawn from [max(0, 1−c), 1+c].", Symbol = "c", Least = 0)]
    public double Contrast { get; init; } = 0.4;

    /// <summary>The saturation factor is drawn from [max(0, 1−s), 1+s] (s, ≥ 0).</summary>
    [Option("The saturation factor is drawn from [max(0, 1−s), 1+s]; three channels only.", Symbol = "s", Least = 0)]
    public double Saturation { get; init; } = 0.4;

    /// <summary>The hue shift is drawn from [−h, h] turns (h, in [0, 0.5]).</summary>
    [Option("The hue shift is drawn from [−h, h] turns; three channels only.", Symbol = "h", Least = 0, Most = 0.5)]
    public double Hue { get; init; } = 0.1;

    /// <summary>Probability of turning grey (in [0, 1]).</summary>
    [Option("Probability of turning grey; three channels only.", Least = 0, Most = 1)]
    public double Grey { get; init; } = 0.2;

    /// <summary>Probability of a Gaussian blur, one for all views or one per view (in [0, 1]).</summary>
    [Option("Probability of a Gaussian blur, one for all views or one per view. From 96 pixels on it is 0.5.", Least = 0, Most = 1)]
    public double[] Blur { get; init; } = [0.0];

    /// <summary>Standard deviation of the blur in pixels, drawn uniformly (σ, &gt; 0).</summary>
    [Option("Standard deviation of the blur in pixels, drawn uniformly.", Symbol = "σ", Above = 0, Interval = true)]
    public double[] BlurSigma { get; init; } = [0.1, 2.0];

    /// <summary>Probability of solarization, one for all views or one per view (in [0, 1]).</summary>
    [Option("Probability of solarization, one for all views or one per view.", Least = 0, Most = 1)]
    public double[] Solarize { get; init; } = [0.0];

    /// <summary>Pixels at or above this level are inverted by solarization (in [0, 255]).</summary>
    [Option("Pixels at or above this level are inverted by solarization.", Least = 0, Most = 255)]
    public int SolarizeThreshold { get; init; } = 128;

    private const int Large = 96;

    /// <summary>
    /// The recipe for images of a size: large ones are cropped harder and blurred, as for ImageNet; small ones are not, as for CIFAR
    /// (SimCLR, appendix B.9). Grey images are jittered in brightness and contrast only: on Fashion-MNIST 500 steps reach 0.78 with
    /// that jitter and 0.74 without (kNN, k 200).
    /// </summary>
    public ViewRecipe ForImages(int size, int channels)
    {
        return this with
        {
            Size = size,
            CropScale = size >= Large ? [0.08, 1.0] : CropScale,
            Blur = size >= Large ? [0.5] : Blur,
            Grey = channels == 3 ? Grey : 0,
        };
    }

    /// <summary>
    /// The same with two views that differ in kind: of a large image the first is always blurred, the second seldom, and then some are
    /// solarized (BYOL, appendix B, table 6).
    /// </summary>
    public ViewRecipe ForImagesAsymmetric(int size, int channels)
    {
        var symmetric = ForImages(size, channels);
        return size >= Large ? symmetric with { Blur = [1.0, 0.1], Solarize = [0.0, 0.2] } : symmetric;
    }
}
