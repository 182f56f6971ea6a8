using Jem.Graphs.Ir;
using Jem.Graphs.Ops;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Losses;

/// <summary>
/// Noise-contrastive estimation of a softmax over all images, with uniform noise (Wu et al., arXiv:1805.01978, equations 4 to 8).
/// An energy is a similarity divided by the temperature.
/// </summary>
public static class NceLoss
{
    /// <summary>
    /// The energies [B] of B embeddings with their own images and [B,K] with K images drawn uniformly → −mean over the batch of
    /// ln h(positive) + Σₖ ln(1 − h(negativeₖ)), where h = P/(P + K/images) and P = exp(energy)/Z. No gradient flows by Z.
    /// </summary>
    /// <param name="normalizer">The scalar Z, from <see cref="Normalizer"/>.</param>
    /// <param name="images">How many images the noise draws from.</param>
    /// <exception cref="ArgumentException">There are no images, or the shapes do not fit.</exception>
    public static Value Of(Value positives, Value negatives, Value normalizer, long images)
    {
        if (images < 1 || positives.Shape.Rank != 1 || negatives.Shape.Rank != 2 || negatives.Shape[0] != positives.Shape[0] || normalizer.Shape.Rank != 0)
        {
            throw new ArgumentException(
                "NCE needs positives [B], negatives [B,K], a scalar normalizer and the number of images the negatives are drawn from, at least 1; "
                + $"got positives {positives.Shape}, negatives {negatives.Shape}, normalizer {normalizer.Shape} and {images} images.");
        }

        // h is the sigmoid of the energy less this, so ln h and ln(1 − h) are softplus and nothing is divided.
        var threshold = Log(StopGradient(normalizer)) + Math.Log((double)negatives.Shape[1] / images);
        return Mean(Softplus(threshold - positives) + Sum(Softplus(negatives - threshold), 1));
    }

    /// <summary>The energies of a first batch, of any shape, with images drawn uniformly → Z = images · mean(exp(energy)), a scalar.</summary>
    /// <exception cref="ArgumentException">There are no images.</exception>
    public static Value Normalizer(Value energies, long images) => images >= 1
        ? Mean(Exp(energies)) * images
        : throw new ArgumentException($"NCE's normalizer needs the number of images the energies are drawn from, at least 1; got {images}.");
}
