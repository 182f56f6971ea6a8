using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jem.Imaging;

namespace Jem.Embed.Vectors;

/// <summary>
/// Names as lines of text, so that every name can be read back: a name that holds a control character or a line break, or begins
/// with a quotation mark, is written as a JSON string. All others are written as they are.
/// </summary>
public static class NameLines
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A name as a line.</summary>
    public static string ToLine(string name) => name.StartsWith('"') || name.Any(Breaks) ? JsonSerializer.Serialize(name, s_json) : name;

    /// <summary>The name that a line stands for.</summary>
    /// <exception cref="JemException">The line begins with a quotation mark and is no JSON string.</exception>
    public static string FromLine(string line)
    {
        try
        {
            return line.StartsWith('"') ? JsonSerializer.Deserialize<string>(line)! : line;
        }
        catch (JsonException error)
        {
            throw new JemException($"The line {line} begins with a quotation mark and is no JSON string; expected a name.", error);
        }
    }

    // U+2028 and U+2029 break lines for some readers.
    private static bool Breaks(char letter) =>
        char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
