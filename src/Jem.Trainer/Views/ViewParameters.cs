using Jem.Imaging.Resizing;

namespace Jem.Trainer.Views;

/// <summary>What was drawn for one view: together with the image it determines the view's every byte.</summary>
/// <param name="Crop">The part of the image that the view shows.</param>
/// <param name="Flip">Whether left and right are exchanged.</param>
/// <param name="Jitter">The colour changes; null for none.</param>
/// <param name="Grey">Whether a colour view turns grey.</param>
/// <param name="BlurSigma">Standard deviation of the Gaussian blur in pixels of the view; 0 for none.</param>
/// <param name="Solarize">Whether bright pixels are inverted.</param>
public readonly record struct ViewParameters(CropBox Crop, bool Flip, ColourJitter? Jitter, bool Grey, double BlurSigma, bool Solarize);

/// <summary>The colour changes of one view.</summary>
/// <param name="Order">0–23: in which order the four changes are applied, see <see cref="Sequence"/>.</param>
/// <param name="Brightness">Factor; 1 changes nothing.</param>
/// <param name="Contrast">Factor; 1 changes nothing.</param>
/// <param name="Saturation">Factor; 1 changes nothing. Three channels only.</param>
/// <param name="Hue">Shift in turns, within ±0.5; 0 changes nothing. Three channels only.</param>
public readonly record struct ColourJitter(int Order, double Brightness, double Contrast, double Saturation, double Hue)
{
    /// <summary>How many orders there are of four changes.</summary>
    public const int Orders = 24;

    private static readonly byte[][] s_sequences = [.. Permutations([0, 1, 2, 3])];

    /// <summary>The changes in the order of application: 0 brightness, 1 contrast, 2 saturation, 3 hue.</summary>
    public ReadOnlySpan<byte> Sequence => s_sequences[Order];

    private static IEnumerable<byte[]> Permutations(byte[] items) =>
        items.Length == 1
            ? [items]
            : items.SelectMany(first => Permutations([.. items.Where(item => item != first)]), (first, rest) => (byte[])[first, .. rest]);
}
