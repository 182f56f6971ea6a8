using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Jem.Imaging.Decoding;

/// <summary>Counts the scans of a JPEG without decoding them (ITU-T T.81, annex B).</summary>
internal static class JpegScans
{
    private const int Window = 1 << 16, Code = 2, Length = 2;

    /// <param name="most">Counting ends above.</param>
    public static int Count(SafeFileHandle file, int most)
    {
        var (window, start, filled, at, scans) = (new byte[Window], 0L, 0, 0L, 0);
        while (scans <= most)
        {
            if (at + Code + Length > start + filled)
            {
                (start, filled) = (at, RandomAccess.Read(file, window, at));
                if (filled < Code + Length)
                {
                    break;
                }
            }

            var rest = window.AsSpan((int)(at - start), filled - (int)(at - start));
            var found = rest.IndexOf((byte)0xFF);
            if (found < 0 || found + Code + Length > rest.Length)
            {
                at += found < 0 ? rest.Length : found;
                continue;
            }

            var marker = rest[found + 1];
            if (marker == 0xD9)
            {
                break;
            }

            // Within a scan 0xFF is followed by 0 or a restart. Other segments are skipped by their length, for they may hold
            // anything, such as a small JPEG.
            var alone = marker is 0 or 1 or 0xFF or (>= 0xD0 and <= 0xD8);
            scans += marker == 0xDA ? 1 : 0;
            at += found + (marker == 0xFF ? 1 : Code) + (alone ? 0 : BinaryPrimitives.ReadUInt16BigEndian(rest[(found + Code)..]));
        }

        return scans;
    }
}
