using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Jem.Imaging.Files;

namespace Jem.Trainer.Data.Listing;

/// <summary>Image files in their order, with their classes where there are any.</summary>
/// <param name="Origin">The folder or list that they come from.</param>
internal sealed record FileListing(string Origin, IReadOnlyList<ListedFile> Files, int[]? Labels, IReadOnlyList<string> ClassNames)
{
    /// <summary>SHA-256 over each file's place, size and times of change, and more text; the contents are not read.</summary>
    public string Key(string more)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{more}\n{Path.GetFullPath(Origin)}\n"));
        foreach (var file in Files)
        {
            var (_, length, written, changed) = file.Status;
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.Name}\t{length}\t{written}\t{changed}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>One file of a listing.</summary>
/// <param name="Name">What a person calls it: its path below the folder, with slashes, or as it is in the list.</param>
/// <param name="Status">Of a link, what it leads to.</param>
internal sealed record ListedFile(string Name, string Path, FileStatus Status);
