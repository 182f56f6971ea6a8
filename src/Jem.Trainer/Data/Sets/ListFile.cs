using System.Globalization;
using Jem.Imaging;
using Jem.Trainer.Data.Listing;

namespace Jem.Trainer.Data.Sets;

/// <summary>
/// A text file (UTF-8) that names images: per line a path, and for labelled images a tab or a comma and the name of the class.
/// Paths that are not absolute start at the list's folder. Empty lines and those that begin with # are skipped. The test split
/// is the list beside it with <c>test</c> or <c>val</c> where this one has <c>train</c> in its name.
/// </summary>
internal static class ListFile
{
    private const string Train = "train";

    public static bool HasSplit(string path, DataSplit split) => !File.Exists(path) || PathOf(path, split) is not null;

    public static IImageSet Open(string path, DataSplit split, int channels, DataOpening opening)
    {
        var classNames = split == DataSplit.Test ? Read(PathOf(path, DataSplit.Train)!, null, new SlowProgress(opening.Status)).ClassNames : null;
        var list = PathOf(path, split)!;
        return FileImages.Open(Read(list, classNames, new SlowProgress(opening.Status)), channels, opening, $"the list {Path.GetFileName(list)}");
    }

    /// <param name="classNames">The classes of the list that was trained on; null takes those of this list.</param>
    private static FileListing Read(string path, IReadOnlyList<string>? classNames, SlowProgress progress)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var (files, labels, lines, number) = (new List<ListedFile>(), new List<string?>(), new List<int>(), 0);
        foreach (var text in ReadLines(path))
        {
            number++;
            if (text.Trim() is not { Length: > 0 } line || line[0] == '#')
            {
                continue;
            }

            var (name, label) = Split(line);
            files.Add(ListedFile.Of(name, new FileInfo(Path.Combine(folder, name))));
            labels.Add(label);
            lines.Add(number);
            if (labels[0] is null != label is null)
            {
                throw new DataException(
                    $"'{path}' has {(label is null ? "no label" : $"the label '{label}'")} on line {number}, "
                    + $"but line {lines[0]} has {(labels[0] is null ? "none" : $"'{labels[0]}'")}. "
                    + "Label every image or none: the path, a tab or a comma, the class.");
            }

            progress.Tell(() => $"reading {path}: {files.Count:N0} images");
        }

        if (files.Count == 0)
        {
            throw new DataException($"The list '{path}' names no images. Write one path per line, and after a tab or a comma its class, if it has one.");
        }

        CheckRepeats(path, files, labels, lines);
        return labels[0] is null
            ? new FileListing(path, files, null, [])
            : Labelled(path, files, [.. labels.Select(label => label!)], lines, classNames is { Count: > 0 } ? classNames : null);
    }

    private static FileListing Labelled(string path, List<ListedFile> files, List<string> labels, List<int> lines, IReadOnlyList<string>? classNames)
    {
        // Numbers are ordered as numbers: 2 comes before 10.
        var found = labels.Distinct().ToList();
        var names = classNames ?? (found.All(name => int.TryParse(name, out _))
            ? [.. found.OrderBy(name => int.Parse(name, CultureInfo.InvariantCulture)).ThenBy(name => name, StringComparer.Ordinal)]
            : [.. found.Order(StringComparer.Ordinal)]);
        var number = names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        var stranger = labels.FindIndex(label => !number.ContainsKey(label));
        return stranger < 0
            ? new FileListing(path, files, [.. labels.Select(label => number[label])], names)
            : throw new DataException(
                $"'{path}' has the class '{labels[stranger]}' on line {lines[stranger]}, "
                + $"which the train split does not have ({string.Join(", ", names.Take(20))}{(names.Count > 20 ? ", …" : "")}).");
    }

    // A file may be listed more than once, to be drawn more often, but not in two classes.
    private static void CheckRepeats(string path, List<ListedFile> files, List<string?> labels, List<int> lines)
    {
        var first = new Dictionary<string, int>();
        for (var i = 0; i < files.Count; i++)
        {
            if (!first.TryAdd(files[i].Path, i) && labels[first[files[i].Path]] != labels[i])
            {
                var earlier = first[files[i].Path];
                throw new DataException(
                    $"'{path}' has {files[i].Name} in two classes: '{labels[earlier]}' on line {lines[earlier]} and '{labels[i]}' on line {lines[i]}.");
            }
        }
    }

    /// <summary>Names of files may hold commas: a comma ends the path only behind the ending of an image.</summary>
    private static (string Name, string? Label) Split(string line)
    {
        var tab = line.LastIndexOf('\t');
        var comma = line.LastIndexOf(',');
        var at = tab >= 0 ? tab : comma >= 0 && ImageFiles.IsImage(line[..comma].TrimEnd()) ? comma : line.Length;
        var label = line[Math.Min(at + 1, line.Length)..].Trim();
        return (line[..at].Trim(), label.Length == 0 ? null : label);
    }

    private static IEnumerable<string> ReadLines(string path)
    {
        try
        {
            return File.ReadLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException(
                Directory.Exists(path) ? $"'{path}' is a folder; a list is a text file with a path per line. For the images in it write folder:{path}"
                : error is UnauthorizedAccessException ? $"Cannot read the list '{path}': {error.Message}"
                : $"There is no list '{path}'. Check the path; it is taken from '{Directory.GetCurrentDirectory()}'.",
                error);
        }
    }

    private static string? PathOf(string path, DataSplit split)
    {
        var name = Path.GetFileName(path);
        var at = name.LastIndexOf(Train, StringComparison.OrdinalIgnoreCase);
        return split == DataSplit.Train || !File.Exists(path) ? path
            : at < 0 ? null
            : new[] { "test", "val" }
                .Select(other => Path.Combine(Path.GetDirectoryName(path) ?? "", $"{name[..at]}{other}{name[(at + Train.Length)..]}"))
                .FirstOrDefault(File.Exists);
    }
}
