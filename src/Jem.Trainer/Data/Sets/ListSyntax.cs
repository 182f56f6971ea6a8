using System.Globalization;
using Jem.Imaging;

namespace Jem.Trainer.Data.Sets;

/// <summary>
/// How the lines of a list are written. A path is followed by a tab, a comma, a semicolon or a space and the class; either may
/// stand in quotes, where two quotes are one. Names of files may hold these characters: but for the tab they end a path only
/// behind the ending of an image. A first line that names columns says where path and class are.
/// </summary>
internal sealed class ListSyntax
{
    private const string Separators = "\t,; ";
    private static readonly string[] s_paths =
        ["path", "file", "filename", "filepath", "image", "imagepath", "imagename", "img", "imgpath", "name", "id", "imageid"];
    private static readonly string[] s_labels = ["label", "labels", "class", "classname", "classid", "category", "target", "y"];
    private readonly char _separator;
    private readonly int _columns, _path, _label;

    private ListSyntax(char separator, int columns, int path, int label) => (_separator, _columns, _path, _label) = (separator, columns, path, label);

    /// <summary>The columns that a first line names; null if it names an image.</summary>
    /// <param name="second">The line behind it.</param>
    /// <exception cref="FormatException">It names columns, and it cannot be told which of them is the path and which the class.</exception>
    public static ListSyntax? OfHeader(string first, string second)
    {
        var separator = Separators.FirstOrDefault(first.Contains);
        var (names, values) = (Fields(first, separator), Fields(second, separator));
        var (path, label) = (Array.FindIndex(names, name => Is(name, s_paths)), Array.FindIndex(names, name => Is(name, s_labels)));
        if (names.Any(ImageFiles.IsImage) || (path < 0 && (names.Length == 1 || !values.Any(ImageFiles.IsImage))))
        {
            return null;
        }

        path = path >= 0 ? path : Array.FindIndex(values, ImageFiles.IsImage);
        label = label >= 0 || names.Length != 2 ? label : 1 - path;
        return path < names.Length && (label >= 0 || names.Length == 1)
            ? new ListSyntax(separator, names.Length, path, label)
            : throw new FormatException($"names the columns {string.Join(", ", names)}: call that of the paths 'path' and that of the classes 'label'");
    }

    /// <param name="columns">Those of the list's header; null if it has none.</param>
    /// <exception cref="FormatException">The line is something else.</exception>
    public static (string Path, string? Label) Split(string line, ListSyntax? columns)
    {
        if (columns is { _columns: > 2 } or { _path: 1 })
        {
            var fields = Fields(line, columns._separator);
            return fields.Length == columns._columns
                ? (fields[columns._path], fields[columns._label] is { Length: > 0 } label ? Label(label) : null)
                : throw new FormatException($"has {fields.Length} columns, but the first line has {columns._columns}");
        }

        var (path, rest) = columns is { _columns: 2 } && Fields(line, columns._separator) is [var name, var value] ? (name, value) : Ends(line);
        return (path, rest.Length == 0 ? null : Label(rest));
    }

    /// <summary>The path that a line begins with, whatever follows.</summary>
    public static string PathOf(string line)
    {
        try
        {
            return Ends(line).Path;
        }
        catch (FormatException)
        {
            return line;
        }
    }

    private static (string Path, string Label) Ends(string line)
    {
        foreach (var separator in Separators)
        {
            if (line.StartsWith('"') || separator == '\t')
            {
                if (Fields(line, separator) is { Length: > 1 } fields)
                {
                    return (fields[0], fields.Length == 2 ? fields[1] : throw Many(fields[1..]));
                }
            }
            else if (Ending(line, separator) is var at and >= 0)
            {
                var fields = Fields(line[(at + 1)..], separator);
                return (line[..at].TrimEnd(), fields.Length == 1 ? fields[0] : separator == ' ' ? line[(at + 1)..].Trim() : throw Many(fields));
            }
        }

        return (Fields(line, '\0')[0], "");
    }

    /// <summary>Where a path with the ending of an image is followed by a separator; −1 where the line is such a path.</summary>
    private static int Ending(string line, char separator)
    {
        if (separator == ' ' && ImageFiles.IsImage(line))
        {
            return -1;
        }

        for (var at = line.IndexOf(separator); at >= 0; at = line.IndexOf(separator, at + 1))
        {
            if (ImageFiles.IsImage(line[..at].TrimEnd()))
            {
                return at;
            }
        }

        return -1;
    }

    private static string Label(string label) =>
        label.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 1 } words
        && words.All(word => double.TryParse(word, CultureInfo.InvariantCulture, out _))
            ? throw Many(words)
            : label;

    private static FormatException Many(string[] values) => new(
        $"has several values behind the path, {string.Join(", ", values.Take(3).Select(field => $"'{field}'"))}; expected one class. "
        + "A first line that names the columns, such as path,x,label, says which of them it is");

    private static bool Is(string name, string[] names) =>
        names.Contains(string.Concat(name.Where(char.IsLetterOrDigit)), StringComparer.OrdinalIgnoreCase);

    /// <summary>The fields of a line, without quotes and blanks around them.</summary>
    private static string[] Fields(string line, char separator)
    {
        var (fields, start, quoted) = (new List<string>(), 0, false);
        for (var i = 0; i <= line.Length; i++)
        {
            if (i == line.Length || (line[i] == separator && !quoted))
            {
                fields.Add(Unquoted(line[start..i].Trim()));
                start = i + 1;
            }
            else if (line[i] == '"' && (quoted || string.IsNullOrWhiteSpace(line[start..i])))
            {
                quoted = !quoted;
            }
            else if (line[i] == '"')
            {
                // A doubled quote within quotes closes and opens again; elsewhere a quote is a character.
                quoted = line[i - 1] == '"' && !quoted;
            }
        }

        return separator == ' ' ? [.. fields.Where(field => field.Length > 0)] : [.. fields];
    }

    private static string Unquoted(string field) =>
        field.Length >= 2 && field[0] == '"' && field[^1] == '"' ? field[1..^1].Replace("\"\"", "\"") : field;
}
