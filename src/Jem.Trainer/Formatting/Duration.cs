using System.Globalization;

namespace Jem.Trainer.Formatting;

/// <summary>Durations as people read them; runs may take days.</summary>
internal static class Duration
{
    /// <summary><c>hours:mm:ss</c>.</summary>
    public static string Text(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)duration.TotalHours:00}:{duration.Minutes:00}:{duration.Seconds:00}");
}
