using System.IO.Enumeration;
using Jem.Imaging.Files;

namespace Jem.Imaging;

/// <summary>One walk through a folder and those below it, for <see cref="ImageFiles.InFolder"/>.</summary>
/// <param name="root">A full path.</param>
internal sealed class FolderWalk(string root, CancellationToken cancellation)
{
    private static readonly EnumerationOptions s_all = new() { IgnoreInaccessible = false, AttributesToSkip = 0 };
    private static readonly EnumerationOptions s_allBelow = new() { IgnoreInaccessible = true, AttributesToSkip = 0, RecurseSubdirectories = true };

    // Links to folders come last, in order: a folder has the name of the place where it really is, if that is listed.
    private readonly Stack<(string Path, string Place)> _folders = [];
    private readonly PriorityQueue<string, string> _links = new(StringComparer.Ordinal);

    public PassedOver PassedOver { get; } = new();

    /// <summary>Paths below the root, in the system's order, with what they lead to.</summary>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="JemException">A folder's name is not UTF-8.</exception>
    public IEnumerable<(string Name, FileStatus Status)> Images()
    {
        var entered = new HashSet<string>();
        _links.Enqueue(root, root);
        while (Next() is var (folder, place))
        {
            if (!entered.Add(place))
            {
                PassedOver.Add(PassedOver.Reason.Repeated, NameOf(folder));
                continue;
            }

            foreach (var (name, isFolder, isHidden) in In(folder))
            {
                cancellation.ThrowIfCancellationRequested();
                var path = Path.Join(folder, name);
                if (isFolder)
                {
                    Enter(path, name, place, isHidden);
                }
                else if (isHidden)
                {
                    Count(PassedOver.Reason.Hidden, NameOf(path), IsLikeImage(name) ? 1 : 0);
                }
                else if (Look(path, name) is { } image)
                {
                    yield return (NameOf(path), image);
                }
            }
        }
    }

    private static FileSystemEnumerable<(string Name, bool IsFolder, bool IsHidden)> In(string folder) =>
        new(folder, (ref entry) => (entry.FileName.ToString(), entry.IsDirectory, entry.IsHidden || entry.FileName[0] == '.'), s_all);

    private static bool IsLikeImage(string name) => ImageFiles.IsImage(name) || ImageFiles.IsUnread(name);

    private (string Path, string Place)? Next() =>
        _folders.TryPop(out var folder) ? folder : _links.TryDequeue(out var link, out _) ? (link, RealPath(link)) : null;

    private void Enter(string path, string name, string place, bool isHidden)
    {
        if (isHidden || ImageFiles.IsPassedOver(name))
        {
            Count(isHidden ? PassedOver.Reason.InHidden : PassedOver.Reason.InByProduct, name, FileStatus.IsLink(path) ? 0 : ImagesBelow(path));
        }
        else if (ImageFiles.IsNameLost(path))
        {
            throw new JemException(
                $"Cannot list the folder '{root}': the name of the folder '{NameOf(path)}' in it is not UTF-8, so that it cannot be opened. "
                + "Rename it; `convmv -r -f latin1 -t utf8 --notest FOLDER` renames all below a folder.");
        }
        else if (FileStatus.IsLink(path))
        {
            _links.Enqueue(path, path);
        }
        else
        {
            _folders.Push((path, Path.Join(place, name)));
        }
    }

    /// <summary>What a visible file is if it is an image that is listed.</summary>
    private FileStatus? Look(string path, string name)
    {
        var isImage = ImageFiles.IsImage(name);
        if (!isImage && ImageFiles.IsUnread(name))
        {
            PassedOver.Add(PassedOver.Reason.Unread(Path.GetExtension(name).ToLowerInvariant()), null);
            return null;
        }

        // A link that leads nowhere may have led to a folder, so every one counts.
        var status = FileStatus.Of(path);
        switch (status.Kind)
        {
            case FileKind.File:
                return isImage ? status : null;
            case FileKind.None or FileKind.Denied when FileStatus.IsLink(path):
                PassedOver.Add(status.Kind == FileKind.None ? PassedOver.Reason.Broken : PassedOver.Reason.Denied, NameOf(path));
                return null;
            case FileKind.Denied:
                throw new UnauthorizedAccessException($"Access to what is in '{Path.GetDirectoryName(path)}' is denied");
            case FileKind.None:
                Count(PassedOver.Reason.NotUtf8, NameOf(path), isImage && ImageFiles.IsNameLost(path) ? 1 : 0);
                return null;
            default:
                Count(PassedOver.Reason.Special, NameOf(path), isImage ? 1 : 0);
                return null;
        }
    }

    private void Count(PassedOver.Reason reason, string name, int images)
    {
        if (images > 0)
        {
            PassedOver.Add(reason, name, images);
        }
    }

    // These folders are not the person's: what of them cannot be read is nobody's loss.
    private int ImagesBelow(string folder) => new FileSystemEnumerable<bool>(
        folder,
        (ref entry) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return !entry.IsDirectory && IsLikeImage(entry.FileName.ToString());
        },
        s_allBelow)
    {
        ShouldRecursePredicate = (ref entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
    }.Count(isImage => isImage);

    private string NameOf(string path) => Path.GetRelativePath(root, path);

    /// <summary>A path without links, of whichever of its folders.</summary>
    private static string RealPath(string path)
    {
        var real = Path.GetPathRoot(path)!;
        foreach (var part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true) is { } target ? RealPath(Path.GetFullPath(target.FullName)) : next;
        }

        return real;
    }
}
