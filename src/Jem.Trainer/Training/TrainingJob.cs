using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Trainer.Collapse;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Exporting;
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

    /// <param name="held">The lock on the folder.</param>
    /// <param name="config">Null for what the folder says.</param>
    private TrainingJob(RunFolder folder, IDisposable held, RunConfig? config, IImageSet images, RunRequest asked, bool isNew)
    {
        (Folder, Images, Asked, IsNew, _lock) = (folder, images, asked, isNew, held);
        try
        {
            Config = config ?? folder.ReadConfig();
            folder.Checkpoints.DeleteLeftovers();
            _from = folder.Checkpoints.Latest();
            RequireSame(_from);
            _program = folder.ReadProgram();
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
        return new TrainingJob(folder, held, config: null, prepared.Images, asked, isNew: true);
    }

    /// <summary>Takes up a run from its newest checkpoint. What follows are the bytes that would have followed then.</summary>
    /// <param name="asked">What is asked for now; what it leaves open is the run's.</param>
    /// <exception cref="UsageException">Something else is asked for than what the run began with; the message names the difference.</exception>
    /// <exception cref="InvalidDataException">Files of the run were altered.</exception>
    public static TrainingJob Resume(RunFolder folder, RunRequest asked)
    {
        asked.Check();
        var was = folder.ReadConfig();
        var now = was with { Data = asked.Data ?? was.Data, Device = asked.Device(was.Device), Settings = asked.Settings(was.Settings).Checked() };
        var program = folder.ReadProgramFiles();
        var images = OpenAgain(was, asked);
        ResumeCheck.RequireSame(folder, was, asked, program.Manifest, images);
        return program.Sha256 == was.ProgramSha256
            ? new TrainingJob(folder, folder.Lock(), now, images, asked, isNew: false)
            : throw new InvalidDataException($"The files in {folder.Program} are not those that the run began with. Restore them, or start a new run.");
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
            progress.Finish($"The run is finished already: all {Config.Steps:N0} steps are done.");
            return Done;
        }

        var log = new RunLog(Folder.Log);
        var observer = new RunObservers([new MetricsLog(Folder.Metrics), log, new StatusObserver(Folder, _collapse), .. observers]);
        Announce(log, progress);
        _collapse.After(Folder.Metrics, last: Done);
        try
        {
            observer.Began(Done);
            SkippedReport.Write(Images, Folder.Skipped);
            var done = Train(progress, observer, cancellation);
            End(log, observer, RunStatus.Finished, done < Config.Steps ? $"stopped early after step {done}" : "");
            return done;
        }
        catch (OperationCanceledException error)
        {
            End(log, observer, RunStatus.Interrupted, error.Message);
            throw;
        }
        catch (CollapseException error)
        {
            End(log, observer, RunStatus.Failed, error.Message);
            throw;
        }
        catch (Exception error)
        {
            EndQuietly(log, observer, error.Message);
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    private void Announce(RunLog log, ITrainingProgress progress)
    {
        log.Write(IsNew ? $"began: {Config.Method}, {Config.Data}, {Config.Steps} steps; "
            + $"{Config.Versions}" : $"goes on after step {Done}; {RunVersions.Current}");
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
        var options = new TrainLoopOptions(Config.Steps, _program.BatchSize, Identity, Config.Settings)
        {
            Observer = observer,
            Collapse = _collapse,
            Knn = Config.Settings.KnnEvery > 0 ? new KnnCheck(Folder, Images).Of : null,
        };
        return new TrainLoop(runner, loader, _program.Schedules, Folder, options, progress).Run(_from, cancellation);
    }

    private JsonObject Identity => Config.Identity();

    private void RequireSame(Checkpoint? checkpoint)
    {
        if (checkpoint is not null && RunConfig.Difference(checkpoint.Configuration, Identity) is var (name, saved, configured))
        {
            throw new InvalidDataException(
                $"The checkpoint {Folder.Checkpoints.FileOf(checkpoint.Step)} was made by another configuration: {name} is {saved} there and "
                    + $"{configured} in config.json. "
                + "Restore what was changed, or start a new run.");
        }
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

    private void End(RunLog log, IRunObserver observer, string state, string message)
    {
        EncoderExport.Write(EncoderSource.OfRun(Folder), Folder.Root);
        Note(log, state, message);
        observer.Ended(exported: true);
    }

    // On a full disk this cannot be written either, and the first error is the one to tell of.
    private void EndQuietly(RunLog log, IRunObserver observer, string message)
    {
        try
        {
            Note(log, RunStatus.Failed, message);
            observer.Ended(exported: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    private void Note(RunLog log, string state, string message)
    {
        log.Write(message.Length > 0 ? $"{state}: {message}" : state);
        RunStatus.Write(Folder, state, Folder.Checkpoints.Steps is [.., var step] ? step : 0, message, _collapse.Finding?.Text ?? "");
    }
}
