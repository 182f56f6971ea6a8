using Jem.Graphs.Export;
using Jem.Graphs.Programs;
using Jem.Imaging.Files;
using Jem.Shared;
using Jem.Trainer.Configuration;
using Jem.Trainer.State;

namespace Jem.Trainer.Runs;

/// <summary>
/// The folder of a run. Whoever finds it should understand it: <c>config.json</c> says what was asked for, the others what came of it.
/// It is jem's by the marker that is written first; by a <c>config.json</c> that reads as one where an older version made it. In a folder that
/// is not jem's nothing is written or deleted.
/// </summary>
public sealed class RunFolder
{
    private const string ConfigFile = "config.json";

    private const string MarkerText = "A run of jem. `jem train --overwrite` deletes what jem wrote here, and nothing else.\n";

    internal const string Mend = "Restore it, or start a new run.";

    private RunFolder(string path) => Root = path;

    public string Root { get; }

    /// <summary>The kinds of recipes that the run's program may have.</summary>
    public ProgramKinds Kinds { get; private init; } = ProgramKinds.BuiltIn;

    public string Program => Path.Combine(Root, "program");

    public CheckpointFolder Checkpoints => new(Path.Combine(Root, "checkpoints"));

    public string Metrics => Path.Combine(Root, "metrics.jsonl");

    public string Log => Path.Combine(Root, "log.txt");

    public string Status => Path.Combine(Root, "status.json");

    /// <summary>The images that could not be read, if there were any.</summary>
    public string Skipped => Path.Combine(Root, "skipped.txt");

    public string Report => Path.Combine(Root, "report.html");

    public string TensorBoard => Path.Combine(Root, "tensorboard");

    /// <summary>The command that goes on with the run.</summary>
    public string ResumeCommand => $"jem train --resume {ShellWord.Of(Root)}";

    private string Config => Path.Combine(Root, ConfigFile);

    private string Marker => Path.Combine(Root, ".jem-run");

    private string LockFile => Path.Combine(Root, ".lock");

    /// <summary>Makes the folder of a new run: its marker, its program, and last its configuration, with which the run can begin.</summary>
    /// <param name="overwrite">Delete the run that is there. What is not a run, or not of a run, is never deleted.</param>
    /// <exception cref="UsageException">Something is there already.</exception>
    /// <param name="held">The lock on the run, as of <see cref="Lock"/>: it is not let go between making the run and training it.</param>
    /// <param name="kinds">The kinds of recipes that the program may have; null for those of these libraries.</param>
    public static RunFolder Create(string path, RunConfig config, ProgramFiles program, bool overwrite, out IDisposable held, ProgramKinds? kinds = null)
    {
        Check(path, overwrite);
        var run = new RunFolder(path) { Kinds = kinds ?? ProgramKinds.BuiltIn };
        Directory.CreateDirectory(path);

        // What another process is training is not deleted under its hands.
        held = run.Lock();
        try
        {
            // Another process may have made a run here since it was looked at.
            Check(path, overwrite);
            run.Mark();
            run.Delete();
            Directory.CreateDirectory(run.Program);
            foreach (var (name, bytes) in program.Files)
            {
                AtomicFile.Write(Path.Combine(run.Program, name), bytes);
            }

            run.Write(config);
            return run;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Whether a folder is that of a run.</summary>
    internal static bool IsRun(string path) => new RunFolder(path).IsOurs;

    /// <summary>Whether a new run may be made at a path.</summary>
    /// <exception cref="UsageException">Something is there already.</exception>
    public static void Check(string path, bool overwrite)
    {
        if (File.Exists(path))
        {
            throw new UsageException($"--out {path} is a file; expected a folder that is not there yet.");
        }

        var run = new RunFolder(path);
        if (run.IsEmpty || run.WasNeverBegun || (overwrite && run.IsOurs))
        {
            return;
        }

        throw new UsageException(
            !run.IsOurs ? $"--out {path} is not empty and not a run. Choose another folder."
            : File.Exists(run.Config)
            ? $"--out {path} holds a run already. Choose another folder, add --overwrite to delete it, or go on with it: {run.ResumeCommand}"
            : $"--out {path} holds a run that has lost its {ConfigFile}. Restore that, choose another folder, or add --overwrite to delete the run.");
    }

    /// <summary>The folder of a run that is there.</summary>
    /// <param name="kinds">The kinds of recipes that its program may have; null for those of these libraries.</param>
    /// <exception cref="UsageException">The folder is not that of a run.</exception>
    public static RunFolder Open(string path, ProgramKinds? kinds = null) =>
        new RunFolder(path) { Kinds = kinds ?? ProgramKinds.BuiltIn } is var run && File.Exists(run.Config)
        ? run
        : throw new UsageException(
            run.WasNeverBegun ? $"{path} is a run that was stopped before it began. Start it again with the command that made it."
            : run.IsMarked ? $"{path} is a run that has lost its {ConfigFile}. Restore it; the checkpoints alone do not say what was trained."
            : Directory.Exists(path) ? $"{path} is not a run: it has no {ConfigFile}. Give the folder that `jem train --out` wrote."
            : $"{path}: there is no such folder. Give the folder that `jem train --out` wrote.");

    /// <summary>What the run's program does.</summary>
    /// <exception cref="InvalidDataException">It is gone, or was changed by hand.</exception>
    public ProgramManifest ReadProgram() => ProgramFiles.ReadManifest(Program, $"The run {Root}", Mend, Kinds);

    /// <summary>The files of the run's program.</summary>
    /// <inheritdoc cref="ReadProgram"/>
    public ProgramFiles ReadProgramFiles() => ProgramFiles.Read(Program, $"The run {Root}", Mend, Kinds);

    /// <exception cref="InvalidDataException">The file was changed by hand and is no longer a run's; the message names what is wrong.</exception>
    public RunConfig ReadConfig() => RunConfig.Parse(File.ReadAllText(Config), Config);

    /// <summary>Keeps other processes from writing the run, until it is disposed or the process ends.</summary>
    /// <exception cref="UsageException">Another process is training it.</exception>
    /// <exception cref="IOException">The folder is gone, or cannot be written.</exception>
    public IDisposable Lock()
    {
        try
        {
            return FileLock.TryTake(LockFile) ?? throw new UsageException($"{Root}: another process is training this run. Wait for it, or stop it.");
        }
        catch (Exception error) when (error is IOException and not DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new IOException($"{Root} cannot be written: {error.Message} A run writes into its folder: make it writable, or copy it elsewhere.", error);
        }
    }

    /// <summary>Marks the folder as jem's, if it is not yet. Call it with the lock held.</summary>
    public void Mark()
    {
        if (!IsMarked)
        {
            AtomicFile.Write(Marker, MarkerText);
        }
    }

    /// <summary>Writes the configuration, whole or not at all. Call it with the lock held.</summary>
    public void Write(RunConfig config) => AtomicFile.Write(Config, config.ToJson());

    /// <summary>The run that a file belongs to and needs; null for a file of nobody, and for a run's page, which is made anew at any time.</summary>
    internal static string? OwnerOf(string file)
    {
        var full = Path.GetFullPath(file);
        var folder = Path.GetDirectoryName(full)!;
        RunFolder run = new(folder), above = new(Path.GetDirectoryName(folder) ?? folder);
        return full != run.Report && (run.Files.Contains(full) || full == run.Marker) && run.IsOurs ? run.Root
            : (folder == above.Program || folder == above.Checkpoints.Path || folder == above.TensorBoard) && above.IsOurs ? above.Root
            : null;
    }

    private bool IsMarked => File.Exists(Marker) && File.ReadAllText(Marker) == MarkerText;

    private bool IsOurs => IsMarked || (File.Exists(Config) && RunConfig.IsOne(File.ReadAllText(Config)));

    // What a process leaves that was killed before it wrote the marker is nobody's.
    private bool IsEmpty => !Directory.Exists(Root)
        || Directory.EnumerateFileSystemEntries(Root).All(entry => entry == LockFile || entry == Marker + AtomicFile.Partial);

    // Killed while it was being made. A run that has lost its configuration has more than that.
    private bool WasNeverBegun => IsMarked && !new[] { Config, Metrics, Log, Status }.Any(File.Exists) && Checkpoints.Steps.Count == 0;

    // The configuration first: without it the others are no run.
    private string[] Files => [Config, Metrics, Log, Status, Skipped, Report, .. EncoderFiles.All.Select(name => Path.Combine(Root, name))];

    // Only what jem wrote: a person's notes stay, wherever they lie. The encoder of the old run must not pass for the new one's.
    private void Delete()
    {
        string[] events = Directory.Exists(TensorBoard) ? Directory.GetFiles(TensorBoard, "events.out.tfevents.*") : [];
        var program = ProgramFiles.Names(Program).Select(name => Path.Combine(Program, name));
        var written = Files.Concat(Checkpoints.Files).Concat(events).Concat(program);
        foreach (var file in written.SelectMany(file => new[] { file, file + AtomicFile.Partial }).Where(File.Exists).ToList())
        {
            File.Delete(file);
        }

        string[] folders = [Program, Checkpoints.Path, TensorBoard];
        foreach (var folder in folders.Where(folder => Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            Directory.Delete(folder);
        }
    }
}
