using System.Buffers.Binary;
using System.Numerics;

namespace Jem.Trainer.Reporting.TensorBoard;

/// <summary>
/// Records of a TFRecord file: length (8 bytes), its checksum (4), the data, their checksum (4), all little-endian
/// (tensorflow/core/lib/io/record_writer.cc). A checksum is a CRC-32C, masked so that data which hold checksums have one that differs.
/// </summary>
internal static class RecordWriter
{
    private const uint MaskDelta = 0xA282EAD8;

    /// <summary>Writes one record in one piece: a reader of the growing file sees it whole or knows that it is cut short.</summary>
    public static void Write(Stream file, ReadOnlySpan<byte> data)
    {
        var record = new byte[data.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(record, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedChecksum(record.AsSpan(0, 8)));
        data.CopyTo(record.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), MaskedChecksum(data));
        file.Write(record);
    }

    internal static uint MaskedChecksum(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Checksum(data), 15) + MaskDelta;

    /// <summary>CRC-32C (Castagnoli), RFC 3720, appendix B.4.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
