using System.Buffers.Binary;
using NetVips;

namespace Jem.Imaging.Decoding;

/// <summary>Colour profiles of files (ICC.1:2022, the same for version 2 in what is read here): colours of another space become sRGB.</summary>
internal static class ColourProfile
{
    private const string Field = "icc-profile-data";
    private const int Header = 128, Entry = 12;
    private const double Near = 0.01;

    // The primaries of sRGB as profiles have them, for the white of D50, and its level of light at half the signal.
    private static readonly (string Tag, double X, double Y, double Z)[] s_primaries =
        [("rXYZ", 0.4360, 0.2225, 0.0139), ("gXYZ", 0.3851, 0.7169, 0.0971), ("bXYZ", 0.1431, 0.0606, 0.7141)];

    private const double Middle = 0.2140;

    /// <summary>An image of 8 bits, grey or RGB, in sRGB. Without a profile, or with one that is sRGB's within rounding, it is the same.</summary>
    /// <param name="image">With or without transparency. A profile of another kind of colours is none of it.</param>
    public static Image ToSrgb(Image image)
    {
        if (!image.Contains(Field) || image.Get(Field) is not byte[] { Length: > Header + 4 } profile)
        {
            return image;
        }

        var grey = image.Bands <= 2;
        if (!profile.AsSpan(16, 4).SequenceEqual(grey ? "GRAY"u8 : "RGB "u8) || (grey ? IsNearCurve(profile, "kTRC") : IsSrgb(profile)))
        {
            return image;
        }

        try
        {
            var colours = image.IccTransform("srgb", embedded: true, intent: Enums.Intent.Relative);
            if (!grey)
            {
                return colours;
            }

            using (colours)
            {
                return colours.Colourspace(Enums.Interpretation.Bw);
            }
        }
        catch (VipsException)
        {
            // A broken profile is passed over, as browsers do.
            return image;
        }
    }

    private static bool IsSrgb(byte[] profile) =>
        s_primaries.All(primary => Tag(profile, primary.Tag) is { Length: >= 20 } xyz
            && Math.Abs(Fixed(xyz, 8) - primary.X) < Near && Math.Abs(Fixed(xyz, 12) - primary.Y) < Near && Math.Abs(Fixed(xyz, 16) - primary.Z) < Near)
        && new[] { "rTRC", "gTRC", "bTRC" }.All(tag => IsNearCurve(profile, tag));

    private static bool IsNearCurve(byte[] profile, string tag) => Tag(profile, tag) is { Length: >= 12 } curve && Math.Abs(AtHalf(curve) - Middle) < Near;

    /// <summary>What a curve makes of ½; not a number if it cannot be read.</summary>
    private static double AtHalf(byte[] curve)
    {
        const double Half = 0.5;
        if (curve.AsSpan(0, 4).SequenceEqual("curv"u8))
        {
            return BinaryPrimitives.ReadUInt32BigEndian(curve.AsSpan(8)) switch
            {
                0 => Half,
                1 when curve.Length >= 14 => Math.Pow(Half, BinaryPrimitives.ReadUInt16BigEndian(curve.AsSpan(12)) / 256.0),
                var count and > 1 when curve.Length >= 12 + (2L * count) =>
                    BinaryPrimitives.ReadUInt16BigEndian(curve.AsSpan(12 + (2 * (int)((count - 1) / 2)))) / 65535.0,
                _ => double.NaN,
            };
        }

        // Parametric: (a·x + b)^g, and c in the fourth kind of five only adds where the line ends.
        var (kind, g) = (BinaryPrimitives.ReadUInt16BigEndian(curve.AsSpan(8)), Parameter(curve, 0));
        return kind switch
        {
            0 => Math.Pow(Half, g),
            1 or 3 => Math.Pow((Parameter(curve, 1) * Half) + Parameter(curve, 2), g),
            2 => Math.Pow((Parameter(curve, 1) * Half) + Parameter(curve, 2), g) + Parameter(curve, 3),
            4 => Math.Pow((Parameter(curve, 1) * Half) + Parameter(curve, 2), g) + Parameter(curve, 5),
            _ => double.NaN,
        };
    }

    private static double Parameter(byte[] curve, int index) => curve.Length >= 16 + (4 * index) ? Fixed(curve, 12 + (4 * index)) : double.NaN;

    private static double Fixed(byte[] bytes, int at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at)) / 65536.0;

    private static byte[]? Tag(byte[] profile, string name)
    {
        var count = BinaryPrimitives.ReadUInt32BigEndian(profile.AsSpan(Header));
        for (var at = Header + 4; count > 0 && at + Entry <= profile.Length; at += Entry, count--)
        {
            if (profile.AsSpan(at, 4).SequenceEqual(System.Text.Encoding.ASCII.GetBytes(name)))
            {
                long start = BinaryPrimitives.ReadUInt32BigEndian(profile.AsSpan(at + 4));
                long length = BinaryPrimitives.ReadUInt32BigEndian(profile.AsSpan(at + 8));
                return start + length <= profile.Length ? profile[(int)start..(int)(start + length)] : null;
            }
        }

        return null;
    }
}
