using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Jem.Trainer.Data.Listing;

/// <summary>Image files in their order, with their classes where there are any.</summary>
/// <param name="Origin">The folder or list that they come from.</param>
internal sealed record FileListing(string Origin, IReadOnlyList<ListedFile> Files, int[]? Labels, IReadOnlyList<string> ClassNames)
{
    /// <summary>SHA-256 over each file's place, size and time of change, and more text; the contents are not read.</summary>
    public string Key(string more)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{more}\n{Path.GetFullPath(Origin)}\n"));
        foreach (var file in Files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.Name}\t{file.Length}\t{file.Changed}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>One file of a listing.</summary>
/// <param name="Name">What a person calls it: its path below the folder, with slashes, or as it is in the list.</param>
/// <param name="Length">In bytes; −1 where there is no such file.</param>
/// <param name="Changed">When, in ticks.</param>
internal sealed record ListedFile(string Name, string Path, long Length, long Changed)
{
    public static ListedFile Of(string name, FileInfo file)
    {
        // Of a link it matters what it leads to.
        var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return target.Exists
            ? new ListedFile(name, file.FullName, target.Length, target.LastWriteTimeUtc.Ticks)
            : new ListedFile(name, file.FullName, -1, 0);
    }
}
