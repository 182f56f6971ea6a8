using Jem.Imaging.Files;

namespace Jem.Trainer.Data;

/// <summary>Writes down which images were left out.</summary>
public static class SkippedReport
{
    /// <summary>One line per image: its name, a tab, why it cannot be read. Without such images no file, and an old one goes.</summary>
    public static void Write(IImageSet images, string path)
    {
        if (images.Skipped.Count == 0)
        {
            File.Delete(path);
        }
        else
        {
            AtomicFile.Write(path, string.Concat(images.Skipped.Select(image => $"{image.Name}\t{image.Reason}{Environment.NewLine}")));
        }
    }
}
