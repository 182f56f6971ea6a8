using System.Text.Json.Nodes;
using Jem.Graphs.Backbones;
using Jem.Graphs.Export;
using Jem.Graphs.Methods;
using Jem.Graphs.Optim;
using Jem.Graphs.Programs;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;
using Jem.Trainer.Tests.Runs;
using Jem.Trainer.Training;

namespace Jem.Trainer.Tests.Training;

/// <summary>A real run of SimCLR on drawn images, as small as it can be.</summary>
internal sealed class TinyRun : IDisposable
{
    public const int Batch = 4;
    public const int StepsPerEpoch = 3;

    private static readonly SimClrOptions s_options = new()
    {
        Batch = Batch,
        Image = new ImageOptions { Size = 16 },
        Views = new ViewRecipe { Size = 16 },
        Backbone = new BackboneOptions { Width = 8 },
        Projector = new SimClrProjectorOptions { Output = 8 },
        Optimizer = new OptimizerOptions { WarmupEpochs = 0 },
    };

    private static readonly Lazy<(IReadOnlyDictionary<string, byte[]> Files, ProgramManifest Manifest)> s_program = new(() =>
    {
        var program = MethodCatalog.BuiltIn.Get("simclr").Build(s_options);
        return (ProgramWriter.Files(program), ProgramWriter.Manifest(program));
    });

    private readonly IImageSet _images = DataSets.Open($"synthetic:shapes?n={(Batch * StepsPerEpoch) + 1}&size=16", DataSplit.Train);

    public TinyRun(string folder, int threads = 1, Device? device = null)
    {
        Folder = RunFolder.Create(folder, ARunConfig.Of(), new ProgramFiles(s_program.Value.Manifest, s_program.Value.Files), overwrite: false, out var held);
        held.Dispose();
        Runner = new StepRunner(Folder.Program, device ?? new Device(new DeviceOptions { Threads = threads }));
    }

    public RunFolder Folder { get; }

    public StepRunner Runner { get; }

    public List<StepReport> Reports { get; } = [];

    public List<string> Warnings { get; } = [];

    public string? Finished { get; private set; }

    /// <summary>What stands in for the check by nearest neighbours.</summary>
    public Func<long, double>? Knn { get; init; }

    /// <summary>Told besides the metrics.</summary>
    public IReadOnlyList<IRunObserver> Observers { get; init; } = [];

    /// <summary>Called whenever something is shown.</summary>
    public Action? Screen { get; init; }

    public int KnnEvery { get; init; }

    public int Patience { get; init; }

    /// <summary>Trains; from the newest checkpoint, if there is one.</summary>
    /// <param name="peak">The learning rate to begin with.</param>
    /// <param name="cancelAfter">The step after whose report the run is cancelled.</param>
    /// <param name="depth">Of the loader.</param>
    /// <returns>Steps done.</returns>
    public long Train(long steps, double peak = 0.1, long? cancelAfter = null, int logEvery = 2, int depth = 4)
    {
        using var cancel = new CancellationTokenSource();
        var from = Folder.Checkpoints.Latest();
        if (from is not null)
        {
            Runner.Restore(from.Tensors);
        }

        var observer = new RunObservers([new MetricsLog(Folder.Metrics), .. Observers]);
        observer.Began(from?.Step ?? 0);
        using var loader = new ViewLoader(
            _images,
            s_program.Value.Manifest.Batch,
            new ViewLoaderOptions { Batch = Batch, Start = from?.Step ?? 0, Depth = depth });
        var schedules = new Dictionary<string, ScheduleRecipe> { ["learning_rate"] = new CosineSchedule(peak, 0) };
        var settings = new RunSettings { CheckpointEvery = 2, Keep = 2, KnnEvery = KnnEvery, Patience = Patience };
        var done = 0L;
        var options = new TrainLoopOptions(steps, Batch, _ => new JsonObject { ["method"] = "simclr" }, settings)
        {
            LogEvery = logEvery,
            Observer = observer,
            Knn = (_, cancellation) =>
            {
                cancellation.ThrowIfCancellationRequested();
                return Knn!(done);
            },
        };
        var progress = new Recorder(this, step =>
        {
            done = step;
            if (step == cancelAfter)
            {
                cancel.Cancel();
            }
        });
        return new TrainLoop(Runner, loader, schedules, Folder, options, progress).Run(from, cancel.Token);
    }

    public IReadOnlyList<JsonNode> Metrics() => [.. File.ReadLines(Folder.Metrics).Select(line => JsonNode.Parse(line)!)];

    public void Dispose() => Runner.Dispose();

    private sealed class Recorder(TinyRun run, Action<long> reported) : ITrainingProgress
    {
        public void Start(long step, long totalSteps)
        {
        }

        public void Report(in StepReport report)
        {
            run.Screen?.Invoke();
            run.Reports.Add(report);
            reported(report.Step);
        }

        public void Warn(string message) => run.Warnings.Add(message);

        public void Finish(string message)
        {
            run.Screen?.Invoke();
            run.Finished = message;
        }
    }
}
