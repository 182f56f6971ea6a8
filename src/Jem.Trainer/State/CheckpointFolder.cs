using System.Globalization;
using Jem.Imaging.Files;

namespace Jem.Trainer.State;

/// <summary>The checkpoints of a run: <c>step-00001000.safetensors</c>, ….</summary>
public sealed class CheckpointFolder(string path)
{
    private const string Prefix = "step-", Ending = ".safetensors";

    public string Path => path;

    /// <summary>Steps that have a checkpoint, in order.</summary>
    public IReadOnlyList<long> Steps => Directory.Exists(path)
        ? [.. Directory.EnumerateFiles(path, $"{Prefix}*{Ending}").Select(StepOf).OfType<long>().Order()]
        : [];

    /// <summary>Every checkpoint's file.</summary>
    internal IEnumerable<string> Files => Steps.Select(FileOf);

    public string FileOf(long step) => System.IO.Path.Combine(path, $"{Prefix}{step:D8}{Ending}");

    /// <summary>Writes a checkpoint; then deletes all but the newest ones and the best.</summary>
    /// <param name="keep">How many of the newest stay.</param>
    /// <exception cref="IOException">Nothing was written; the checkpoints that were there still are.</exception>
    public void Save(Checkpoint checkpoint, int keep)
    {
        Directory.CreateDirectory(path);
        checkpoint.Write(FileOf(checkpoint.Step));
        foreach (var step in Steps.Where(step => step != checkpoint.Knn.BestStep).Except(Steps.TakeLast(keep)))
        {
            try
            {
                File.Delete(FileOf(step));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // What is to be saved is saved; an old one more is no failure, and goes the next time.
            }
        }
    }

    /// <summary>The newest checkpoint; null if there is none.</summary>
    /// <exception cref="InvalidDataException">It is broken.</exception>
    public Checkpoint? Latest() => Steps is [.., var newest] ? Checkpoint.Read(FileOf(newest)) : null;

    /// <summary>The checkpoint with the highest accuracy by nearest neighbours; null if it was never measured.</summary>
    /// <exception cref="InvalidDataException">It is broken.</exception>
    public Checkpoint? Best() => Latest() is { Knn.BestStep: > 0 and var step } latest
        ? step == latest.Step ? latest : Checkpoint.Read(FileOf(step))
        : null;

    /// <summary>Deletes what a save left behind that was killed.</summary>
    public void DeleteLeftovers()
    {
        foreach (var partial in Directory.Exists(path) ? Directory.GetFiles(path, $"*{AtomicFile.Partial}") : [])
        {
            File.Delete(partial);
        }
    }

    private static long? StepOf(string file)
    {
        var name = System.IO.Path.GetFileName(file.AsSpan());
        return long.TryParse(name[Prefix.Length..^Ending.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
    }
}
