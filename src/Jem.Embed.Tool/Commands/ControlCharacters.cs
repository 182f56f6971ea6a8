using System.Globalization;

namespace Jem.Embed.Tool.Commands;

/// <summary>
/// Names of files may hold any character. On a terminal a line break falsifies a list, and an escape sequence does anything:
/// such characters are shown as C# writes them.
/// </summary>
internal static class ControlCharacters
{
    /// <summary>A text on one line that a terminal shows and does not obey.</summary>
    public static string Escape(string text) => text.Any(IsControl) ? string.Concat(text.Select(Shown)) : text;

    private static string Shown(char letter) => letter switch
    {
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        _ when IsControl(letter) => $@"\u{(int)letter:x4}",
        _ => letter.ToString(),
    };

    private static bool IsControl(char letter) =>
        char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
