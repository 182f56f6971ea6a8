using System.Globalization;

namespace Jem.Trainer.Formatting;

/// <summary>Numbers of bytes as people read them.</summary>
internal static class ByteSize
{
    /// <summary>In KiB, MiB or GiB.</summary>
    public static string Text(long bytes) => bytes switch
    {
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:F1} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):F1} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):F2} GiB"),
    };
}
