using Jem.Imaging;

namespace Jem.Trainer.Data.Sets;

/// <summary>What the readers of files share.</summary>
internal static class Files
{
    public static void RequireFolder(string folder, string kind)
    {
        if (!Directory.Exists(folder))
        {
            throw new DataException(
                $"There is no folder '{folder}'{(File.Exists(folder) ? " (it is a file)" : "")} for {kind} data. "
                + (ImageFiles.IsNameLost(folder) ? "Its name is not UTF-8 and cannot be opened: rename it."
                    : OtherForm(folder) is { } other ? $"There is '{other}', whose letters are composed in another way (Unicode NFC and NFD): copy that name."
                    : $"Check the path; it is taken from '{Directory.GetCurrentDirectory()}'."));
        }
    }

    /// <summary>A folder whose name reads the same; null where there is none.</summary>
    private static string? OtherForm(string folder) => UnicodeForm.Others(folder).FirstOrDefault(Directory.Exists);

    /// <summary>Reads to the end of an array or says that the file is too short.</summary>
    public static void Fill(Stream stream, Span<byte> bytes, string path)
    {
        try
        {
            stream.ReadExactly(bytes);
        }
        catch (Exception error) when (error is EndOfStreamException or InvalidDataException)
        {
            throw new DataException($"'{path}' is broken or cut short ({error.Message}) Fetch it again.", error);
        }
    }
}
