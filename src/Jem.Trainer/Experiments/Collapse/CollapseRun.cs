using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Trainer.Collapse;
using Jem.Trainer.Configuration;
using Jem.Trainer.Reporting;
using Jem.Trainer.Reporting.Curves;
using Jem.Trainer.Reporting.Progress;
using Jem.Trainer.Runs;
using Jem.Trainer.Training;

namespace Jem.Trainer.Experiments.Collapse;

/// <summary>One run of a pair and what was measured of it, read from its folder.</summary>
/// <param name="Finding">What the monitor said at the end; null if it found the run healthy.</param>
/// <param name="Told">The logged step at which it was said first; null likewise.</param>
internal sealed record CollapseRun(
    RunFolder Folder, IReadOnlyDictionary<string, Curve> Curves, int Dimension, int MostRank, CollapseSigns Signs, CollapseFinding? Finding, long? Told)
{
    public double Spread => Last(MetricNames.EmbeddingStd) * Math.Sqrt(Dimension);

    /// <summary>Of the embeddings as they are, against the first.</summary>
    public double Scale => Last(MetricNames.EmbeddingScale) / Math.Max(Curves[MetricNames.EmbeddingScale].Points[0].Mean, 1e-12);

    public double Rank => Last(MetricNames.EffectiveRank);

    public double Loss => Last(MetricNames.Loss);

    public double Accuracy => Last(MetricNames.Knn);

    /// <summary>Trains, measures the accuracy by nearest neighbours after the last step, and keeps no checkpoint but the last.</summary>
    public static CollapseRun Train(CollapsePair pair, bool without, CollapseExperiment plan, CancellationToken cancellation)
    {
        var prepared = PreparedRun.Of(new RunRequest
        {
            Options = new MethodRequest(pair.Method)
            {
                Preset = Presets.Paper,
                Width = plan.Width,
                Batch = plan.Batch,
                Seed = plan.Seed,
                Settings = ["backbone.stem=large", .. pair.Settings, .. without ? pair.Removal : []],
            },
            Data = plan.Data,
            Out = Path.Combine(plan.Out, $"{pair.Name}-{(without ? "without" : "with")}"),
            Steps = plan.Steps,
            Overwrite = plan.Overwrite,
            Device = _ => plan.Device,
            Settings = settings => settings with { Keep = 1, KnnEvery = plan.Steps },
        });
        using var job = TrainingJob.Begin(without && pair.Removal.Count == 0 ? TrivialSolution.Of(prepared) : prepared);
        job.Run(new QuietProgress(), RunWatch.Of(job.Folder, job.Images, cancellation), cancellation);
        return Of(job.Folder, plan.Steps);
    }

    private static CollapseRun Of(RunFolder run, long steps)
    {
        var program = run.ReadProgram();
        var monitor = CollapseMonitor.Of(program, steps).After(run.Metrics);
        var history = new MetricsHistory(run.Metrics);
        history.Read();
        var told = MetricsLine.Read(run.Metrics).FirstOrDefault(line => line[MetricNames.Collapse] > 0);
        var shape = program.Stage(ProgramStages.Step).Output(Meaning.Embedding).Shape;
        return new CollapseRun(run, history.Curves, (int)shape[1], (int)Math.Min(shape[0], shape[1]), program.Collapse, monitor.Finding, told?.Step);
    }

    private double Last(string name) => Curves[name].Last;
}
