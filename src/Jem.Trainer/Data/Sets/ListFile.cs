using System.Globalization;
using Jem.Imaging;
using Jem.Imaging.Files;
using Jem.Trainer.Data.Listing;

namespace Jem.Trainer.Data.Sets;

/// <summary>
/// A text file (UTF-8) that names images: per line a path, and for labelled images the name of the class, as
/// <see cref="ListSyntax"/> reads them. Paths that are not absolute start at the list's folder. Empty lines and those that begin
/// with # are skipped. The test split is the list beside it with <c>test</c> or another usual name where this one has <c>train</c>.
/// </summary>
internal static class ListFile
{
    public static bool HasSplit(string path, DataSplit split) => split == DataSplit.Train || !File.Exists(path) || TestsOf(path).Length > 0;

    public static IImageSet Open(string path, DataSplit split, int channels, DataOpening opening)
    {
        var tests = File.Exists(path) ? TestsOf(path) : [];
        if (split == DataSplit.Train && tests.Length > 1)
        {
            opening.Warn?.Invoke($"{path}: the test split is {tests[0]}; not used: {string.Join(", ", tests[1..])}.");
        }

        var classNames = split == DataSplit.Test ? Read(path, null, opening).ClassNames : null;
        var list = split == DataSplit.Train || tests.Length == 0 ? path : Path.Combine(Path.GetDirectoryName(path) ?? "", tests[0]);
        return FileImages.Open(Read(list, classNames, opening), channels, opening, $"the list {Path.GetFileName(list)}");
    }

    /// <param name="classNames">The classes of the list that was trained on; null takes those of this list.</param>
    private static FileListing Read(string path, IReadOnlyList<string>? classNames, DataOpening opening)
    {
        var progress = new SlowProgress(opening.Status);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var (files, labels, lines) = (new List<ListedFile>(), new List<string?>(), new List<int>());
        foreach (var (name, label, number) in Entries(path, folder))
        {
            if (opening.Cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException($"Interrupted while the list {path} was read.", opening.Cancellation);
            }

            files.Add(Find(folder, name));
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

        if (files.All(file => file.Status.Kind == FileKind.None))
        {
            throw new DataException(
                $"None of the {files.Count:N0} files that '{path}' names is there: line {lines[0]} names '{files[0].Name}', "
                + $"looked for as '{files[0].Path}'. {Hint(folder, files[0].Name)}");
        }

        CheckRepeats(path, files, labels, lines);
        return labels[0] is null
            ? new FileListing(path, files, null, [])
            : Labelled(path, files, [.. labels.Select(label => label!)], lines, classNames is { Count: > 0 } ? classNames : null);
    }

    /// <summary>What the lines name, with their numbers from 1.</summary>
    private static IEnumerable<(string Name, string? Label, int Number)> Entries(string path, string folder)
    {
        var lines = ReadLines(path).Select((text, index) => (Text: text.Trim(), Number: index + 1)).Where(line => !IsEmpty(line.Text, folder)).ToList();
        if (lines.Find(line => line.Text.Contains('\0')) is { Text: not null })
        {
            throw new DataException($"'{path}' is no text in UTF-8; a list is a text file with a path per line.");
        }

        T Told<T>(int number, Func<T> read)
        {
            try
            {
                return read();
            }
            catch (FormatException error)
            {
                throw new DataException($"'{path}' {error.Message} (line {number}).", error);
            }
        }

        var isImage = lines.Count < 2 || Find(folder, lines[0].Text).Status.Kind == FileKind.File;
        var columns = isImage ? null : Told(lines[0].Number, () => ListSyntax.OfHeader(lines[0].Text, lines[1].Text));
        return lines.Skip(columns is null ? 0 : 1).Select(line =>
        {
            var (name, label) = Told(line.Number, () => ListSyntax.Split(line.Text, columns));
            return (name, label, line.Number);
        });
    }

    // A comment, but for a file that begins as one.
    private static bool IsEmpty(string line, string folder) =>
        line.Length == 0 || (line[0] == '#' && !File.Exists(Path.Combine(folder, ListSyntax.PathOf(line))));

    /// <summary>A file as the list writes it, or else with the slashes of this system, or else as the disk writes its letters.</summary>
    private static ListedFile Find(string folder, string name)
    {
        var written = At(folder, name, name);
        if (written.Status.Kind != FileKind.None)
        {
            return written;
        }

        var slashes = name.Replace('\\', '/');
        return UnicodeForm.Others(slashes).Prepend(slashes)
            .Select(way => At(folder, way, name))
            .FirstOrDefault(file => file.Status.Kind != FileKind.None, written);
    }

    private static ListedFile At(string folder, string way, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, way));
        return new ListedFile(name, path, FileStatus.Of(path));
    }

    private static string Hint(string folder, string name) =>
        name.Contains('\uFFFD') ? "The list, or the file's name, is not UTF-8: save the list as UTF-8."
        : ImageFiles.Extensions.FirstOrDefault(ending => File.Exists(Path.Combine(folder, name + ending))) is { } ending
            ? $"'{name}{ending}' is there: write the names with their endings."
        : File.Exists(name) ? $"It is there from the folder you are in; paths start at the list's folder, '{folder}'."
        : name is [>= 'A' and <= 'z', ':', _, ..] && !OperatingSystem.IsWindows() ? "It is a path of Windows: write paths from the list's folder."
        : "Paths start at the list's folder. A tab ends a path; a comma, a semicolon or a space does behind the ending of an image.";

    private static FileListing Labelled(string path, List<ListedFile> files, List<string> labels, List<int> lines, IReadOnlyList<string>? classNames)
    {
        // Numbers are ordered as numbers: 2 comes before 10.
        var found = labels.Distinct().ToList();
        var names = classNames ?? (found.All(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
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

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
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

    /// <summary>The names of the lists beside this one that are a test split of it, the first choice first; none of a list without train in its name.</summary>
    private static string[] TestsOf(string path)
    {
        var name = Path.GetFileName(path);
        var train = Array.Find(SplitNames.Train, word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
        if (train is null)
        {
            return [];
        }

        var at = name.LastIndexOf(train, StringComparison.OrdinalIgnoreCase);
        var (head, tail) = (name[..at], name[(at + train.Length)..]);
        var beside = Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(path))!)
            .Select(file => Path.GetFileName(file))
            .Where(file => file.EndsWith(tail, StringComparison.OrdinalIgnoreCase))
            .ToLookup(file => file, StringComparer.OrdinalIgnoreCase);
        return [.. SplitNames.Test.SelectMany(test => beside[$"{head}{test}{tail}"].Order(StringComparer.Ordinal))];
    }
}
