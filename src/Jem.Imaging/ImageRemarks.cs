using System.Globalization;
using System.Numerics;

namespace Jem.Imaging;

/// <summary>Counts what a person should know of the image files that were read. Many threads may add at once.</summary>
public sealed class ImageRemarks
{
    // Where all images of 16 bits use less than an eighth of their levels, white is meant to be elsewhere.
    private const int Dark = 256 / 8;
    private int _images, _paged, _deep, _peak = -1;

    /// <summary>Counts an image.</summary>
    public void Add(DecodedImage image) => Add(image.Pages, image.DeepPeak);

    /// <param name="pages">See <see cref="DecodedImage.Pages"/>.</param>
    /// <param name="deepPeak">See <see cref="DecodedImage.DeepPeak"/>.</param>
    public void Add(int pages, int? deepPeak)
    {
        Interlocked.Increment(ref _images);
        if (pages > 1)
        {
            Interlocked.Increment(ref _paged);
        }

        if (deepPeak is { } peak)
        {
            Interlocked.Increment(ref _deep);
            for (var known = Volatile.Read(ref _peak); peak > known;)
            {
                known = Interlocked.CompareExchange(ref _peak, peak, known);
            }
        }
    }

    /// <summary>The remarks, a line each; none if all is as one expects.</summary>
    /// <param name="origin">What the files are of.</param>
    /// <param name="advice">What to do about levels that are far below white, given the range that fits: <c>4095</c>. Null if a range was given.</param>
    public IEnumerable<string> Lines(string origin, Func<int, string>? advice)
    {
        if (_paged > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{_paged:N0} of {_images:N0} images of {origin} have further pages or frames: of each the first is read.");
        }

        if (_deep > 0 && _peak < Dark && advice is not null)
        {
            var range = (256 << (32 - BitOperations.LeadingZeroCount((uint)_peak))) - 1;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"All {_deep:N0} images of {origin} with 16 bits per sample stay at {range:N0} or below, of 65,535: of 256 levels {_peak + 1} are left. ")
                + advice(range);
        }
    }
}
