using System.Globalization;
using Jem.Imaging;
using Jem.Imaging.Resizing;

namespace Jem.Embed.Runtime;

/// <summary>What an encoder file says about itself in its metadata (keys <c>jem.*</c>).</summary>
/// <param name="Method">The method that trained it, such as <c>simclr</c>.</param>
/// <param name="ImageSize">Side of the square images it reads, in pixels.</param>
/// <param name="Channels">Channels of the images it reads.</param>
/// <param name="Mean">Per channel, subtracted from samples in 0 … 1.</param>
/// <param name="Std">Per channel, divided by after that.</param>
/// <param name="Dimension">Numbers per embedding.</param>
/// <param name="Normalized">Whether embeddings leave the model with length 1.</param>
/// <param name="Data">Where the training images came from.</param>
public sealed record EncoderInfo(
    string Method,
    string Backbone,
    int ImageSize,
    int Channels,
    IReadOnlyList<float> Mean,
    IReadOnlyList<float> Std,
    ResizeRule Resize,
    int Dimension,
    bool Normalized,
    string Data)
{
    // No encoder reaches these.
    private const int MaxImageSize = 1 << 14;
    private const int MaxDimension = 1 << 20;

    /// <summary>The level of white in files of more than 8 bits per sample, as in training; 0 is that of the format.</summary>
    public double Range { get; init; }

    /// <summary>How files are read for this encoder: a large one is not held whole.</summary>
    public DecodeOptions Decoding => DecodeOptions.Bounded with { ShortSide = Math.Max(ImageSize, DecodeOptions.Bounded.ShortSide), Range = Range };

    /// <summary>Reads the metadata of a model.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="JemException">A key is missing or has a value that makes no sense.</exception>
    public static EncoderInfo Parse(IReadOnlyDictionary<string, string> metadata, string path)
    {
        var reader = new MetadataReader(metadata, path);
        reader.CheckFormat();
        reader.OneOf("jem.interpolation", ("bilinear", 1));
        var side = reader.Count("jem.image_size", MaxImageSize);
        var channels = reader.Count("jem.channels", int.MaxValue / (side * side)); // an int counts the samples of an image
        return new EncoderInfo(
            reader.Text("jem.method"),
            reader.Text("jem.backbone"),
            side,
            channels,
            reader.Numbers("jem.mean", channels, double.NegativeInfinity),
            reader.Numbers("jem.std", channels, 0),
            reader.OneOf("jem.resize", ("squash", ResizeRule.Squash), ("shortest-side-center-crop", ResizeRule.ShortestSideCenterCrop)),
            reader.Count("jem.dimension", MaxDimension),
            reader.OneOf("jem.normalized", ("true", true), ("false", false)),
            reader.Text("jem.data"))
        {
            Range = metadata.ContainsKey("jem.range") ? reader.Numbers("jem.range", 1, 0)[0] : 0,
        };
    }

    private sealed class MetadataReader(IReadOnlyDictionary<string, string> metadata, string path)
    {
        public string Text(string key) => metadata.TryGetValue(key, out var value)
            ? value
            : throw new JemException(
                $"{path} has no metadata '{key}', so it does not say how to prepare images. Export it with `jem export`, or add its jem.* keys.");

        public void CheckFormat()
        {
            const string Key = "jem.format", Known = "1";
            if (Text(Key) != Known)
            {
                throw Wrong(Key, $"{Known}, the one that this version reads. Export it anew with `jem export`, or take the version of jem-embed that reads it");
            }
        }

        public int Count(string key, int most) =>
            int.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 && count <= most
                ? count
                : throw Wrong(key, $"a whole number above 0, at most {most}");

        public float[] Numbers(string key, int count, double above)
        {
            var parts = Text(key).Split(',');
            var numbers = parts.Select(part => Number(part) is var number && float.IsFinite(number) && number > above ? number : float.NaN).ToArray();
            return numbers.Length == count && !numbers.Any(float.IsNaN)
                ? numbers
                : throw Wrong(key, $"{count} numbers{(above == 0 ? " above 0" : "")} with commas between, one per channel");
        }

        public T OneOf<T>(string key, params (string Text, T Value)[] values)
        {
            var text = Text(key);
            var index = Array.FindIndex(values, value => value.Text == text);
            return index >= 0 ? values[index].Value : throw Wrong(key, string.Join(" or ", values.Select(value => value.Text)));
        }

        private static float Number(string text) =>
            float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : float.NaN;

        private JemException Wrong(string key, string expected) => new($"{path}: its metadata '{key}' is '{Text(key)}'; expected {expected}.");
    }
}
