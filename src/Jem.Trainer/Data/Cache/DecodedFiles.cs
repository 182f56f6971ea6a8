using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Jem.Imaging;
using Jem.Imaging.Files;
using Jem.Trainer.Data.Listing;

namespace Jem.Trainer.Data.Cache;

/// <summary>
/// What is known of every file of a listing, and the pixels of those that the cache holds. Every file is decoded once, when
/// it is seen first: only that finds what is cut short. The findings are kept with the pixels.
/// </summary>
internal sealed class DecodedFiles
{
    private const int BadPercent = 5, Named = 20, Copied = 10, CopiesPercent = 5;
    private readonly MappedMemory<byte>? _pixels;
    private readonly Trust[] _trust;
    private readonly Action _distrusted;
    private int _told;

    /// <param name="distrusted">Called once, when pixels in the cache are not those that were written.</param>
    private DecodedFiles(FileDecoder decoder, IReadOnlyList<CachedImage> images, MappedMemory<byte>? pixels = null, Action? distrusted = null) =>
        (Decoder, Images, _pixels, _trust, _distrusted) = (decoder, images, pixels, pixels is null ? [] : new Trust[images.Count], distrusted ?? (() => { }));

    /// <summary>What is known of the pixels of an image in the cache: they are looked at when they are wanted first.</summary>
    private enum Trust : byte
    {
        Unknown,
        Good,
        Bad,
    }

    public FileDecoder Decoder { get; }

    /// <summary>One per file of the listing.</summary>
    public IReadOnlyList<CachedImage> Images { get; }

    /// <exception cref="DataException">More than 5 % of the files cannot be read, or one if the opening is strict.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted; nothing is kept.</exception>
    public static DecodedFiles Open(FileListing listing, FileDecoder decoder, DataOpening opening)
    {
        try
        {
            var folder = CacheFolder.Open(opening);
            var key = listing.Key($"cache {CacheFile.Version}, {decoder.Version}");
            var file = folder.Find(key);
            if (file is null || !Suffices(file, folder.Room))
            {
                using var writer = folder.Create(key);
                var images = Decode(listing, decoder, opening, writer);
                Check(listing, images, opening);
                if (!writer.Commit(images))
                {
                    return Warned(new DecodedFiles(decoder, images), listing, opening, writer.Error);
                }

                folder.Tidy(key);
                file = folder.Find(key) ?? throw new IOException("another program changes its files");
            }

            Check(listing, file.Images, opening);
            return Warned(new DecodedFiles(decoder, file.Images, opening.CacheBytes > 0 ? file.Pixels : null, Distrusted), listing, opening, null);

            void Distrusted()
            {
                folder.Remove(key);
                opening.Warn?.Invoke(
                    $"The cache of {listing.Origin} in {CacheFolder.Place(opening)} was altered. Altered images are decoded from their files each time they "
                    + "are drawn, so the run is right; the cache is removed and made anew by the next run.");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var images = Decode(listing, decoder, opening, null);
            Check(listing, images, opening);
            return Warned(new DecodedFiles(decoder, images), listing, opening, error);
        }
    }

    /// <summary>The pixels of a file of the listing, if the cache has them as they were written.</summary>
    public PlanarImage? Cached(int file)
    {
        var image = Images[file];
        if (_pixels is null || image.Offset < 0 || _trust[file] == Trust.Bad)
        {
            return null;
        }

        var pixels = _pixels.Slice(image.Offset, Decoder.Channels * image.Height * image.Width);
        if (_trust[file] == Trust.Unknown)
        {
            // Several threads may look at once; they find the same.
            _trust[file] = CachedImage.ChecksumOf(pixels.Span) == image.Checksum ? Trust.Good : Trust.Bad;
            if (_trust[file] == Trust.Bad)
            {
                if (Interlocked.Exchange(ref _told, 1) == 0)
                {
                    _distrusted();
                }

                return null;
            }
        }

        return new PlanarImage(pixels, Decoder.Channels, image.Height, image.Width);
    }

    public IEnumerable<BadImage> Bad(FileListing listing) => Bad(listing, Images);

    private static IEnumerable<BadImage> Bad(FileListing listing, IReadOnlyList<CachedImage> images) =>
        images.Zip(listing.Files).Where(pair => pair.First.Reason is not null).Select(pair => new BadImage(pair.Second.Name, pair.First.Reason!));

    // A cache that had no room for everything is made anew where there is much more room now.
    private static bool Suffices(CacheFile file, long room) =>
        file.Limit >= room / 2 || file.Images.All(image => image.Offset >= 0 || image.Reason is not null);

    private static CachedImage[] Decode(FileListing listing, FileDecoder decoder, DataOpening opening, CacheWriter? writer)
    {
        var (images, done, progress) = (new CachedImage[listing.Files.Count], 0, new SlowProgress(opening.Status));
        try
        {
            var options = new ParallelOptions { CancellationToken = opening.Cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
            Parallel.For(0, images.Length, options, (file, loop) =>
            {
                images[file] = Decode(listing.Files[file], decoder, writer);
                if (opening.Strict && images[file].Reason is not null)
                {
                    // The files before this one are still looked at, so that it is always the first bad one that is named.
                    loop.Break();
                }

                var count = Interlocked.Increment(ref done);
                progress.Tell(() => $"decoding {listing.Origin}: {count:N0} of {images.Length:N0} images");
            });
        }
        catch (OperationCanceledException error)
        {
            throw new OperationCanceledException($"Interrupted while the images of {listing.Origin} were decoded.", error, opening.Cancellation);
        }

        return images;
    }

    private static CachedImage Decode(ListedFile file, FileDecoder decoder, CacheWriter? writer)
    {
        // Opening a pipe may never end.
        var status = FileStatus.Of(file.Path);
        if (status.Kind != FileKind.File)
        {
            return CachedImage.Bad(status.Kind switch
            {
                FileKind.Folder => "It is a folder.",
                FileKind.Other => "It is a pipe or a device.",
                FileKind.Denied => "Its folder may not be read.",
                _ when ImageFiles.IsNameLost(file.Path) => "Its name is not UTF-8.",
                _ => "There is no such file.",
            });
        }

        try
        {
            var read = decoder.Read(file.Path);
            var image = read.Image;
            byte[] content;
            using (var stream = File.OpenRead(file.Path))
            {
                content = SHA256.HashData(stream);
            }

            // The file is read twice: its content and its pixels are of one only if it stayed as it was.
            return FileStatus.Of(file.Path) == status
                ? new CachedImage(
                    writer?.Append(image.Pixels.Span) ?? -1, image.Width, image.Height, CachedImage.ChecksumOf(image.Pixels.Span), content,
                    read.Pages, read.DeepPeak, null)
                : CachedImage.Bad("It was changed while it was read.");
        }
        catch (UnreadableImageException error)
        {
            return CachedImage.Bad(error.Reason);
        }
        catch (Exception error) when (error is JemException or IOException or UnauthorizedAccessException)
        {
            return CachedImage.Bad(error.Message);
        }
    }

    private static void Check(FileListing listing, IReadOnlyList<CachedImage> images, DataOpening opening)
    {
        // After a strict decoding stopped, the files behind the bad one are not known.
        var bad = Bad(listing, [.. images.TakeWhile(image => image is not null)]).ToList();
        if (bad.Count > 0 && opening.Strict)
        {
            throw new DataException(
                $"Cannot use {listing.Origin}: {bad[0].Name} cannot be read: {bad[0].Reason.TrimEnd('.')}. "
                + "Repair it or take it out; without --strict it is skipped.");
        }

        if (bad.Count * 100L > images.Count * (long)BadPercent)
        {
            var names = string.Join("; ", bad.Take(Named).Select(image => $"{image.Name} ({image.Reason.TrimEnd('.')})"));
            throw new DataException(
                $"Cannot use {listing.Origin}: {bad.Count:N0} of {images.Count:N0} images cannot be read, more than {BadPercent} %: "
                + $"{names}{(bad.Count > Named ? $"; and {bad.Count - Named:N0} more" : "")}. Repair them or take them out.");
        }
    }

    /// <summary>Files with the content of an earlier one. A list that names a file again does so on purpose.</summary>
    private static List<(ListedFile Copy, ListedFile First)> Copies(FileListing listing, IReadOnlyList<CachedImage> images)
    {
        var (copies, first) = (new List<(ListedFile, ListedFile)>(), new Dictionary<UInt128, ListedFile>(images.Count));
        foreach (var (image, file) in images.Zip(listing.Files).Where(pair => pair.First.Reason is null))
        {
            var content = MemoryMarshal.Read<UInt128>(image.Content);
            if (!first.TryAdd(content, file) && first[content].Path != file.Path)
            {
                copies.Add((file, first[content]));
            }
        }

        return copies;
    }

    private static IEnumerable<string> Remarks(DecodedFiles decoded, string origin)
    {
        var remarks = new ImageRemarks();
        foreach (var image in decoded.Images.Where(image => image.Reason is null))
        {
            remarks.Add(image.Pages, image.DeepPeak);
        }

        return remarks.Lines(origin, decoded.Decoder.Range > 0 ? null : range => $"If white is {range}, open them with ?range={range}.");
    }

    /// <param name="error">Why there is no cache.</param>
    private static DecodedFiles Warned(DecodedFiles decoded, FileListing listing, DataOpening opening, Exception? error)
    {
        var bad = decoded.Bad(listing).ToList();
        if (bad.Count > 0)
        {
            var names = string.Join(", ", bad.Take(3).Select(image => image.Name));
            opening.Warn?.Invoke(
                $"{bad.Count:N0} of {listing.Files.Count:N0} images of {listing.Origin} cannot be read and are left out: "
                + $"{names}{(bad.Count > 3 ? ", …" : "")}");
        }

        foreach (var line in Remarks(decoded, listing.Origin))
        {
            opening.Warn?.Invoke(line);
        }

        var (held, good) = (decoded.Images.Count(image => image.Offset >= 0), listing.Files.Count - bad.Count);
        var copies = Copies(listing, decoded.Images);
        if (copies.Count >= Copied && copies.Count * 100L >= good * (long)CopiesPercent)
        {
            var (copy, first) = copies[0];
            opening.Warn?.Invoke(
                $"{copies.Count:N0} of {good:N0} images of {listing.Origin} are exact copies of others, such as {copy.Name} of {first.Name}. "
                + "A method learns to tell images apart, and cannot tell copies apart: take them out unless they are meant.");
        }

        if (error is not null)
        {
            opening.Warn?.Invoke(
                $"No cache of decoded images in {CacheFolder.Place(opening)}: {error.Message.TrimEnd('.')}. "
                + $"Images are decoded each time they are drawn; {CacheFolder.Variable} names another folder.");
        }
        else if (held < good && opening.CacheBytes > 0)
        {
            opening.Warn?.Invoke(
                $"The cache in {CacheFolder.Place(opening)} has room for {held:N0} of {good:N0} images of {listing.Origin}; "
                + $"the others are decoded each time they are drawn. {CacheFolder.Variable} names a folder with more room.");
        }

        return decoded;
    }
}
