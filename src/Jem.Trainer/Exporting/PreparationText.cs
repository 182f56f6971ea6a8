namespace Jem.Trainer.Exporting;

/// <summary>How to prepare an image for an encoder without Jem: in steps, and as a function in Python. A test runs the function.</summary>
internal static class PreparationText
{
    private const string Antialiasing = "bilinear, with antialiasing (the filter widens as the image shrinks), rounded to whole levels";

    /// <param name="metadata">Of the encoder.</param>
    public static string Of(IReadOnlyDictionary<string, string> metadata)
    {
        var (channels, side) = (metadata["jem.channels"], metadata["jem.image_size"]);
        var (mean, std) = (metadata["jem.mean"].Replace(",", ", "), metadata["jem.std"].Replace(",", ", "));
        var range = metadata.GetValueOrDefault("jem.range");
        var normalize = $"Compute (level / 255 − mean) / std, channel by channel: mean is {mean}; std is {std}.";
        return channels is "1" or "3" ? OfFiles(channels == "1", side, range, normalize, mean, std) : OfSamples(channels, side, range, normalize, mean, std);
    }

    private static string EightBits(string? range) => range is null
        ? "Of 16 bits take the upper 8."
        : $"Of files with more than 8 bits, {range} is white: a level becomes 255 · level / {range}, rounded and limited to 0 … 255.";

    private static string Levels(string? range) =>
        range is null ? "np.asarray(image) >> 8" : $"(np.asarray(image) * (255 / {range}) + 0.5).clip(0, 255)";

    private static string OfFiles(bool grey, string side, string? range, string normalize, string mean, string std) => $$"""
        1. Take the first frame of an animation, the first page of a document.
        2. Turn the image upright by its EXIF orientation.
        3. {{EightBits(range)}}
        4. Convert the colours to sRGB by the colour profile of the file, relative colorimetric. Without a profile they are sRGB; but of CMYK,
           red = (255 − cyan) · (255 − black) / 255, green with magenta and blue with yellow likewise.
        5. Lay transparency on white.
        6. Resize the whole image to {{side}}×{{side}}, whatever its proportions: {{Antialiasing}}.
           `jem-embed` first reduces an image of more than 2²⁴ pixels to a shorter side of 2048; that moves a few levels by one.
        7. {{(grey ? "Make it grey, after resizing: 0.299 red + 0.587 green + 0.114 blue, rounded." : "Give a grey image its one channel three times.")}}
        8. {{normalize}}

        In Python, with Pillow and NumPy:

        ```python
        import io
        import numpy as np
        from PIL import Image, ImageCms, ImageOps

        MEAN, STD = np.array([{{mean}}]), np.array([{{std}}])

        def prepare(path):
            image = ImageOps.exif_transpose(Image.open(path))
            profile = image.info.get("icc_profile")
            if image.mode[0] in "IF":
                image = Image.fromarray(({{Levels(range)}}).astype(np.uint8))
            elif image.mode not in ("L", "RGB", "CMYK"):
                image = image.convert("RGBA")
            if profile:
                try:
                    profile = ImageCms.ImageCmsProfile(io.BytesIO(profile))
                    mode = "RGBA" if image.mode == "RGBA" else "RGB"
                    image = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), 1, mode)
                except ImageCms.PyCMSError:
                    pass  # a profile of other colours
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
            image = image.resize(({{side}}, {{side}}), Image.BILINEAR){{(grey ? ".convert(\"L\")" : "")}}
            levels = np.asarray(image, float).reshape({{side}}, {{side}}, {{(grey ? 1 : 3)}})
            return ((levels / 255 - MEAN) / STD).transpose(2, 0, 1).astype(np.float32)
        ```
        """;

    private static string OfSamples(string channels, string side, string? range, string normalize, string mean, string std) => $$"""
        1. Take an image of {{channels}} channels, such as a TIFF file of as many bands: nothing converts others. {{EightBits(range)}}
        2. Turn it upright by its EXIF orientation.
        3. Resize the whole image to {{side}}×{{side}}, whatever its proportions, each channel by itself: {{Antialiasing}}.
        4. {{normalize}}

        In Python, with Pillow and NumPy, from an upright image of uint8 [height, width, {{channels}}]:

        ```python
        import numpy as np
        from PIL import Image

        MEAN, STD = np.array([{{mean}}]), np.array([{{std}}])

        def prepare(pixels):
            planes = [Image.fromarray(np.ascontiguousarray(pixels[:, :, channel])) for channel in range({{channels}})]
            levels = np.stack([np.asarray(plane.resize(({{side}}, {{side}}), Image.BILINEAR), float) for plane in planes], axis=2)
            return ((levels / 255 - MEAN) / STD).transpose(2, 0, 1).astype(np.float32)
        ```
        """;
}
