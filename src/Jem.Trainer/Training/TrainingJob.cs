using Jem.Graphs.Export;
using Jem.Trainer.Collapse;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;
using Jem.Trainer.State;

namespace Jem.Trainer.Training;

/// <summary>A run in its folder, begun or taken up again, until it is finished or stopped.</summary>
public sealed class TrainingJob : IDisposable
{
    private readonly IDisposable _lock;
    private readonly ProgramManifest _program;
    private readonly Checkpoint? _from;
    private readonly CollapseMonitor _collapse;

    // What is another now than it was, in words.
    private readonly List<string> _changes = [];

    /// <param name="held">The lock on the folder.</param>
    private TrainingJob(RunFolder folder, IDisposable held, RunConfig config, IImageSet images, RunRequest asked, bool isNew)
    {
        (Folder, Config, Images, Asked, IsNew, _lock) = (folder, config, images, asked, isNew, held);
        try
        {
            folder.Mark();
            folder.Checkpoints.DeleteLeftovers();
            _from = folder.Checkpoints.Latest();
            RequireCheckpoint();
            RequireSame(_from);
            _program = folder.ReadProgram();
            Config = isNew ? config : Changed(folder.ReadConfig());
            _collapse = CollapseMonitor.Of(_program, Config.Steps);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    public RunFolder Folder { get; }

    /// <summary>The run as it began, with the device and the settings of now.</summary>
    public RunConfig Config { get; }

    public IImageSet Images { get; }

    /// <summary>Steps that were done before.</summary>
    public long Done => _from?.Step ?? 0;

    /// <summary>What is trained on what, in one line.</summary>
    public string Summary
    {
        get
        {
            var (batch, left) = (_program.BatchSize, Images.Count % _program.BatchSize);
            return $"{Config.Method}, {_program.Backbone}, {Images.Count:N0} images, batch {batch}, {Config.Steps:N0} steps "
                + $"({Config.Steps / (double)Config.StepsPerEpoch:G3} epochs)."
                + (left > 0 ? $" Each epoch skips {left:N0} image{(left == 1 ? "" : "s")} that would not fill a batch, different ones each time." : "");
        }
    }

    private RunRequest Asked { get; }

    private bool IsNew { get; }

    /// <summary>Makes the folder of a new run.</summary>
    /// <exception cref="UsageException">There is a run already.</exception>
    public static TrainingJob Begin(PreparedRun prepared)
    {
        var asked = prepared.Request;
        var folder = RunFolder.Create(asked.Out!, prepared.Config, prepared.Program, asked.Overwrite, out var held, asked.Options.Kit.Kinds);
        return new TrainingJob(folder, held, prepared.Config, prepared.Images, asked, isNew: true);
    }

    /// <summary>
    /// Takes up a run from its newest checkpoint. What follows are the bytes that would have followed then, unless another length is asked for:
    /// then, from here on, the schedules are those of a run of that length.
    /// </summary>
    /// <param name="asked">What is asked for now; what it leaves open is the run's. A new length and a new place of the images are kept.</param>
    /// <exception cref="UsageException">Something else is asked for than what the run began with; the message names the difference.</exception>
    /// <exception cref="InvalidDataException">Files of the run were altered.</exception>
    public static TrainingJob Resume(RunFolder folder, RunRequest asked)
    {
        asked.Check();
        var was = folder.ReadConfig();

        // What cannot be done is refused before anything of the run is changed.
        _ = DeviceOf(folder, was.Device, asked.Device(was.Device));
        var now = was with { Device = asked.Device(was.Device), Settings = asked.Settings(was.Settings).Checked() };
        var program = folder.ReadProgramFiles();
        var images = OpenAgain(was, asked);
        ResumeCheck.RequireSame(folder, was, asked, images);
        return program.Sha256 == was.ProgramSha256
            ? new TrainingJob(folder, folder.Lock(), now, images, asked, isNew: false)
            : throw new InvalidDataException($"The files in {folder.Program} are not those that the run began with. Restore them, or start a new run.");
    }

    // What the run itself needs is not what somebody has asked for.
    private static Device DeviceOf(RunFolder folder, DeviceOptions was, DeviceOptions asked)
    {
        try
        {
            return new Device(asked);
        }
        catch (UsageException error) when (asked == was)
        {
            throw new UsageException($"--resume {folder.Root}: the run cannot go on here as it began. {error.Message}");
        }
    }

    /// <summary>
    /// Trains until all steps are done, or it is cancelled, or stops on a collapse; then exports the encoder. If it fails, it exports nothing.
    /// </summary>
    /// <param name="observers">Told besides the run's own files.</param>
    /// <returns>Steps done.</returns>
    /// <inheritdoc cref="TrainLoop.Run"/>
    public long Run(ITrainingProgress progress, IReadOnlyList<IRunObserver> observers, CancellationToken cancellation)
    {
        if (Done >= Config.Steps && RunStatus.Of(Folder, Done, Config.Steps).State == RunStatus.Finished)
        {
            progress.Finish($"The run is finished already: all {Config.Steps:N0} steps are done. To train it longer: {Folder.ResumeCommand} "
                + $"--steps {2 * Config.Steps}, or --epochs.");
            return Done;
        }

        // Without these a run is what it is, so a place that cannot be written to ends none.
        progress = TolerantProgress.Of(progress);
        SideObserver Side(IRunObserver observer) => new(observer, progress.Warn);
        var log = new RunLog(Folder.Log);
        var (logged, status) = (Side(log), Side(new StatusObserver(Folder, _collapse)));
        var observer = new RunObservers([new MetricsLog(Folder.Metrics), logged, status, .. observers.Select(Side)]);
        var end = new RunEnd(Folder, log, observer, _collapse, progress);
        logged.Try(() => Announce(log, progress));
        _collapse.After(Folder.Metrics, last: Done);
        try
        {
            observer.Began(Done);
            logged.Try(() => SkippedReport.Write(Images, Folder.Skipped));
            var done = Train(progress, observer, cancellation);
            end.Finished(done < Config.Steps ? $"stopped early after step {done}" : "");
            return done;
        }
        catch (Exception error)
        {
            end.Stopped(error);
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    private void Announce(RunLog log, ITrainingProgress progress)
    {
        _changes.ForEach(progress.Say);
        log.Write(IsNew ? $"began: {Config.Method}, {Config.Data}, {Config.Steps} steps; "
            + $"{Config.Versions}" : $"goes on after step {Done}; {RunVersions.Current}");
        _changes.ForEach(log.Write);
        if (!IsNew && Config.Versions.Difference(RunVersions.Current) is { } difference)
        {
            var rounds = $"The run began with {difference}: sums may be rounded otherwise, and its last digits be others than without this interruption.";
            log.Write(rounds);
            progress.Warn(rounds);
        }

        if (!IsNew && _from is null)
        {
            var logged = MetricsLine.Read(Folder.Metrics).LastOrDefault()?.Step ?? 0;
            var begins = $"There is no checkpoint in {Folder.Checkpoints.Path}{(logged > 0 ? $", although {logged:N0} steps were logged" : "")}: "
                + "training begins again at step 1.";
            log.Write(begins);
            progress.Warn(begins);
        }
    }

    private long Train(ITrainingProgress progress, IRunObserver observer, CancellationToken cancellation)
    {
        using var runner = new StepRunner(Folder.Program, new Device(Config.Device), Folder.Kinds);
        if (_from is not null)
        {
            runner.Restore(_from.Tensors);
        }

        using var loader = new ViewLoader(Images, _program.Batch, new ViewLoaderOptions
        {
            Kinds = Asked.Options.Kit.Inputs,
            Batch = _program.BatchSize,
            Seed = _program.Seed,
            Start = Done,
            Workers = Asked.Loading.Workers ?? new ViewLoaderOptions().Workers,
            Depth = Asked.Loading.Prefetch,
        });
        var options = new TrainLoopOptions(Config.Steps, _program.BatchSize, Config.Identity, Config.Settings)
        {
            LengthAt = Config.LengthAt,
            Observer = observer,
            Collapse = _collapse,
            Knn = Config.Settings.KnnEvery > 0 ? new KnnCheck(Folder, Images).Of : null,
        };
        return new TrainLoop(runner, loader, _program.Schedules, Folder, options, progress).Run(_from, cancellation);
    }

    // A run that was killed before its first checkpoint begins again. One that has saved and has no checkpoint has lost them.
    private void RequireCheckpoint()
    {
        if (_from is null && RunStatus.Of(Folder, 0, Config.Steps).Saved is > 0 and var saved)
        {
            throw new InvalidDataException(
                $"The run {Folder.Root} has saved step {saved:N0}, and there is no checkpoint in {Folder.Checkpoints.Path}. Restore it; or begin anew by the "
                    + "command that made the run, with --overwrite.");
        }
    }

    private void RequireSame(Checkpoint? checkpoint)
    {
        if (checkpoint is not null && RunConfig.Difference(checkpoint.Configuration, Config.Identity(checkpoint.Step)) is var (name, saved, configured))
        {
            throw new InvalidDataException(
                $"The checkpoint {Folder.Checkpoints.FileOf(checkpoint.Step)} was made by another configuration: {name} is {saved} there and "
                    + $"{configured} in config.json. "
                + "Restore what was changed, or start a new run.");
        }
    }

    /// <summary>Keeps what was asked for anew, the length and the place of the images, in <c>config.json</c>.</summary>
    /// <returns>The configuration with them, and with the device and the settings of now.</returns>
    private RunConfig Changed(RunConfig was)
    {
        var now = was;
        if (Asked.Data is { } data && DataSpec.Parse(data, Asked.Options.Kit.Data).Rooted().ToString() is var place && place != was.Data)
        {
            now = now with { Data = place };
            _changes.Add($"The images are {place} now; they were {was.Data}.");
        }

        if (Asked.HasLength && Asked.LengthIn(was.StepsPerEpoch) is var steps && steps != was.Steps)
        {
            now = steps >= Done ? now.WithLength(steps, Done) : throw new UsageException(
                $"--resume {Folder.Root}: {steps:N0} steps are asked for, and {Done:N0} are done. Ask for as many at least, or start a new run with --out.");
            _changes.Add($"The run has {steps:N0} steps now; it was to have {was.Steps:N0}. From step {Done + 1:N0} on, schedules are where those of a run of "
                + $"{steps:N0} steps are then. The result is not that of one uninterrupted run.");
        }

        if (now != was)
        {
            Folder.Write(now);
        }

        return now with { Device = Config.Device, Settings = Config.Settings };
    }

    private static IImageSet OpenAgain(RunConfig was, RunRequest asked)
    {
        try
        {
            return PreparedRun.OpenImages(asked.Data ?? was.Data, was.ShortSide, asked.Loading, asked.Options.Kit.Data);
        }
        catch (DataException error) when (asked.Data is null)
        {
            throw new DataException($"{error.Message} If the images are elsewhere now, name the place with --data.", error);
        }
    }
}
