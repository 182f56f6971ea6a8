using System.Text.Json.Nodes;
using Jem.Graphs.Backbones;
using Jem.Graphs.Export;
using Jem.Graphs.Methods;
using Jem.Graphs.Optim;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;
using Jem.Trainer.Training;
using Jem.Trainer.Training.Progress;

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
        var program = MethodTable.Get("simclr").Build(s_options);
        return (ProgramWriter.Files(program), ProgramWriter.Manifest(program));
    });

    private readonly ViewLoader _loader;

    public TinyRun(string folder)
    {
        Folder = RunFolder.Create(folder, new JsonObject { ["data_provenance"] = "drawn shapes" }, overwrite: false);
        foreach (var (name, bytes) in s_program.Value.Files)
        {
            File.WriteAllBytes(Path.Combine(Folder.Program, name), bytes);
        }

        var images = DataSets.Open($"synthetic:shapes?n={(Batch * StepsPerEpoch) + 1}&size=16", DataSplit.Train);
        _loader = new ViewLoader(images, s_options.Views, new ViewLoaderOptions { Batch = Batch });
        Runner = new StepRunner(Folder.Program, new Device(new DeviceOptions { Threads = 1 }));
    }

    public RunFolder Folder { get; }

    public StepRunner Runner { get; }

    public List<StepReport> Reports { get; } = [];

    public string? Finished { get; private set; }

    /// <param name="peak">The learning rate to begin with.</param>
    /// <param name="cancelAfter">The step after whose report the run is cancelled.</param>
    public void Train(long steps, double peak = 0.1, long? cancelAfter = null, int logEvery = 2)
    {
        using var cancel = new CancellationTokenSource();
        var schedules = new Dictionary<string, ScheduleRecipe> { ["learning_rate"] = new(peak, 0, 0) };
        var options = new TrainLoopOptions(steps, Batch, Seed: 0, logEvery, CheckpointEvery: 2, KeepCheckpoints: 2);
        var progress = new Recorder(this, step => { if (step == cancelAfter) { cancel.Cancel(); } });
        new TrainLoop(Runner, _loader, schedules, Folder, options, progress).Run(cancel.Token);
    }

    public IReadOnlyList<JsonNode> Metrics() => [.. File.ReadLines(Folder.Metrics).Select(line => JsonNode.Parse(line)!)];

    public void Dispose()
    {
        Runner.Dispose();
        _loader.Dispose();
    }

    private sealed class Recorder(TinyRun run, Action<long> reported) : ITrainingProgress
    {
        public void Start(long totalSteps)
        {
        }

        public void Report(in StepReport report)
        {
            run.Reports.Add(report);
            reported(report.Step);
        }

        public void Finish(string message) => run.Finished = message;
    }
}
