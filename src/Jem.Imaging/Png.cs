using NetVips;

namespace Jem.Imaging;

/// <summary>Images as PNG: for pages, contact sheets and files.</summary>
public static class Png
{
    /// <param name="image">Grey or RGB.</param>
    /// <exception cref="ArgumentException">The image has another number of channels.</exception>
    public static byte[] Encode(Image8 image)
    {
        if (image.Channels is not (1 or 3))
        {
            throw new ArgumentException($"A PNG is grey or RGB; the image has {image.Channels} channels.", nameof(image));
        }

        var (plane, interleaved) = (image.Width * image.Height, new byte[image.Data.Length]);
        for (var i = 0; i < interleaved.Length; i++)
        {
            interleaved[i] = image.Data[(i % image.Channels * plane) + (i / image.Channels)];
        }

        using var pixels = Image.NewFromMemory(interleaved, image.Width, image.Height, image.Channels, Enums.BandFormat.Uchar);
        using var coloured = pixels.Copy(interpretation: image.Channels == 1 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
        return coloured.PngsaveBuffer();
    }

    public static void Save(Image8 image, string path) => File.WriteAllBytes(path, Encode(image));

    /// <summary>The PNG as text that an <c>img</c> of a page takes as its source.</summary>
    public static string ToDataUri(Image8 image) => $"data:image/png;base64,{ToBase64(image)}";

    public static string ToBase64(Image8 image) => Convert.ToBase64String(Encode(image));
}
