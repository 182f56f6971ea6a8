using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Graphs.Methods;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Exporting;
using Jem.Trainer.Reporting;
using Jem.Trainer.Reporting.TensorBoard;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;
using Jem.Trainer.State;
using Jem.Trainer.Training.Collapse;
using Jem.Trainer.Training.Progress;

namespace Jem.Trainer.Training;

/// <summary>A run in its folder, begun or taken up again, until it is finished or stopped.</summary>
public sealed class TrainingJob : IDisposable
{
    private readonly IDisposable _lock;
    private readonly JsonObject _configuration;
    private readonly MethodOptions _options;
    private readonly TrainingPlan _plan;
    private readonly Checkpoint? _from;
    private readonly CollapseMonitor _collapse;

    private TrainingJob(RunFolder folder, TrainingPlan plan, JsonObject configuration, IImageSet images, MethodOptions options)
    {
        (Folder, Images, _plan, _configuration, _options) = (folder, images, plan, configuration, options);
        _lock = folder.Lock();
        try
        {
            folder.Checkpoints.DeleteLeftovers();
            _from = folder.Checkpoints.Latest();
            RequireSame(_from);
            _collapse = CollapseMonitor.Of(folder.ReadProgram(), Steps);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    public RunFolder Folder { get; }

    public IImageSet Images { get; }

    /// <summary>Steps of the whole run.</summary>
    public long Steps => (long)_configuration["steps"]!;

    /// <summary>Steps that were done before.</summary>
    public long Done => _from?.Step ?? 0;

    /// <summary>The data specification.</summary>
    public string Data => _plan.Data;

    /// <summary>What is trained on what, in one line.</summary>
    public string Summary =>
        $"{_configuration["method"]}, {_options.Backbone.Name} of width {_options.Backbone.Width}, {Images.Count:N0} images, batch {_options.Batch}, {Steps:N0} steps ({Steps / (double)_configuration["steps_per_epoch"]!:G3} epochs)."
        + (Images.Count % _options.Batch is > 0 and var left ? $" Each epoch leaves out {left:N0} image{(left == 1 ? "" : "s")}, others each time, because they do not fill a batch." : "");

    /// <summary>Makes the folder of a new run.</summary>
    /// <exception cref="UsageException">There is a run already.</exception>
    public static TrainingJob Begin(PreparedRun prepared)
    {
        var files = ProgramWriter.Files(prepared.Program);
        var folder = RunFolder.Create(prepared.Plan.Out, prepared.Configuration(RunConfiguration.Sha256(files)), files, prepared.Plan.Overwrite, prepared.Plan.Request.Kit.Kinds);
        return new TrainingJob(folder, prepared.Plan, folder.ReadConfig(), prepared.Images, prepared.Options);
    }

    /// <summary>Takes up a run from its newest checkpoint. What follows are the bytes that would have followed then.</summary>
    /// <param name="asked">What is asked for now; what it leaves open is the run's.</param>
    /// <exception cref="UsageException">Something else is asked for than what the run began with; the message names the difference.</exception>
    /// <exception cref="InvalidDataException">Files of the run were altered.</exception>
    public static TrainingJob Resume(RunFolder folder, ResumeRequest asked)
    {
        var configuration = folder.ReadConfig();
        RunConfiguration.RequireWhole(configuration, folder.Root);
        var plan = asked.Over(folder, configuration);
        var images = PreparedRun.OpenImages(plan.Data, (int)configuration["short_side"]!, plan.Loading, asked.Request.Kit.Data);
        var options = RunConfiguration.ReadOptions(configuration, asked.Request.Kit.Methods);
        asked.RequireSame(folder, configuration, images, images.Count / options.Batch);
        var files = Directory.EnumerateFiles(folder.Program).Select(path => KeyValuePair.Create(Path.GetFileName(path), File.ReadAllBytes(path)));
        return RunConfiguration.Sha256(files) == (string?)configuration["program_sha256"]
            ? new TrainingJob(folder, plan, configuration, images, options)
            : throw new InvalidDataException($"The files in {folder.Program} are not those that the run began with. Restore them, or start a new run.");
    }

    /// <summary>Trains until all steps are done, or it is cancelled, or stops on a collapse; then exports the encoder and writes the last page. If it fails, only the page.</summary>
    /// <returns>Steps done.</returns>
    /// <inheritdoc cref="TrainLoop.Run"/>
    public long Run(ITrainingProgress progress, CancellationToken cancellation)
    {
        if (Done >= Steps && RunStatus.Of(Folder, Done, Steps).State == RunStatus.Finished)
        {
            progress.Finish($"The run is finished already: all {Steps:N0} steps are done.");
            return Done;
        }

        var log = new RunLog(Folder.Log);
        var metrics = new MetricsLog(Folder.Metrics, Done);
        _collapse.After(Folder.Metrics);
        var report = new RunReport(Folder, Images, _options.Seed);
        log.Write(_from is null
            ? $"began: {_configuration["method"]}, {_configuration["data"]}, {Steps} steps; {_configuration["versions"]!.ToJsonString()}"
            : $"goes on after step {Done}; {RunConfiguration.Versions().ToJsonString()}");
        var status = new StatusObserver(Folder, _collapse, Done);
        status.Write();
        SkippedReport.Write(Images, Folder.Skipped);
        try
        {
            using var tensorBoard = new TensorBoardLog(Folder.TensorBoard, _from?.Step);
            var done = Train(progress, [metrics, log, new TensorBoardObserver(tensorBoard), status, new ReportObserver(report, cancellation)], cancellation);
            End(log, report, RunStatus.Finished, done < Steps ? $"stopped early after step {done}" : "");
            return done;
        }
        catch (OperationCanceledException error)
        {
            End(log, report, RunStatus.Interrupted, error.Message);
            throw;
        }
        catch (CollapseException error)
        {
            End(log, report, RunStatus.Failed, error.Message);
            throw;
        }
        catch (Exception error)
        {
            EndQuietly(log, report, error.Message);
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    private long Train(ITrainingProgress progress, IReadOnlyList<IRunObserver> observers, CancellationToken cancellation)
    {
        using var runner = new StepRunner(Folder.Program, new Device(_plan.Device), Folder.Kinds);
        if (_from is not null)
        {
            runner.Restore(_from.Tensors);
        }

        var manifest = Folder.ReadProgram();
        using var loader = new ViewLoader(Images, manifest.Batch, new ViewLoaderOptions
        {
            Kinds = _plan.Request.Kit.Inputs,
            Batch = _options.Batch,
            Seed = _options.Seed,
            Start = Done,
            Workers = _plan.Loading.Workers ?? new ViewLoaderOptions().Workers,
            Depth = _plan.Loading.Prefetch,
        });
        var options = new TrainLoopOptions(Steps, _options.Batch, RunConfiguration.Identity(_configuration), _plan.Settings)
        {
            Observers = observers,
            Collapse = _collapse,
            Knn = _plan.Settings.KnnEvery > 0 ? new KnnCheck(Folder, Images).Of : null,
        };
        return new TrainLoop(runner, loader, manifest.Schedules, Folder, options, progress).Run(_from, cancellation);
    }

    private void RequireSame(Checkpoint? checkpoint)
    {
        if (checkpoint is not null && RunConfiguration.Difference(checkpoint.Configuration, RunConfiguration.Identity(_configuration)) is var (name, saved, configured))
        {
            throw new InvalidDataException($"The checkpoint {Folder.Checkpoints.FileOf(checkpoint.Step)} was made by another configuration: {name} is {saved} there and {configured} in config.json. Restore what was changed, or start a new run.");
        }
    }

    private void End(RunLog log, RunReport report, string state, string message)
    {
        EncoderExport.Write(EncoderSource.OfRun(Folder), Folder.Root);
        Note(log, state, message);
        report.Refresh(CancellationToken.None);
    }

    // On a full disk this cannot be written either, and the first error is the one to tell of.
    private void EndQuietly(RunLog log, RunReport report, string message)
    {
        try
        {
            Note(log, RunStatus.Failed, message);
            report.RefreshNumbers();
        }
        catch (IOException)
        {
        }
    }

    private void Note(RunLog log, string state, string message)
    {
        log.Write(message.Length > 0 ? $"{state}: {message}" : state);
        RunStatus.Write(Folder, state, Folder.Checkpoints.Steps is [.., var step] ? step : 0, message, _collapse.Finding?.Text ?? "");
    }
}
