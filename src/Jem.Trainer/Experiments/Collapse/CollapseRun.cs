using System.Text.Json.Nodes;
using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;
using Jem.Trainer.Reporting.Curves;
using Jem.Trainer.Runs;
using Jem.Trainer.Training;
using Jem.Trainer.Training.Collapse;
using Jem.Trainer.Training.Progress;

namespace Jem.Trainer.Experiments.Collapse;

/// <summary>One run of a pair and what was measured of it, read from its folder.</summary>
/// <param name="Finding">What the monitor said at the end; null if it found the run healthy.</param>
/// <param name="Told">The logged step at which it was said first; null likewise.</param>
internal sealed record CollapseRun(RunFolder Folder, IReadOnlyDictionary<string, Curve> Curves, int Dimension, int MostRank, CollapseSigns Signs, CollapseFinding? Finding, long? Told)
{
    public double Spread => Last("embedding_std") * Math.Sqrt(Dimension);

    /// <summary>Of the embeddings as they are, against the first.</summary>
    public double Scale => Last("embedding_scale") / Math.Max(Curves["embedding_scale"].Points[0].Mean, 1e-12);

    public double Rank => Last("effective_rank");

    public double Loss => Last("loss");

    public double Accuracy => Last("knn");

    /// <summary>Trains, measures the accuracy by nearest neighbours after the last step, and keeps no checkpoint but the last.</summary>
    public static CollapseRun Train(CollapsePair pair, bool without, CollapseExperiment plan, CancellationToken cancellation)
    {
        var prepared = PreparedRun.Of(new TrainingPlan(
            new TrainingRequest(pair.Method)
            {
                Width = plan.Width,
                Batch = plan.Batch,
                Seed = plan.Seed,
                Settings = ["backbone.stem=large", .. pair.Settings, .. without ? pair.Removal : []],
            },
            plan.Data,
            Path.Combine(plan.Out, $"{pair.Name}-{(without ? "without" : "with")}"))
        {
            Steps = plan.Steps,
            Overwrite = plan.Overwrite,
            Settings = new RunSettings { Keep = 1, KnnEvery = plan.Steps },
        });
        using var job = TrainingJob.Begin(without && pair.Removal.Count == 0 ? TrivialSolution.Of(prepared) : prepared);
        job.Run(new QuietProgress(), cancellation);
        return Of(job.Folder, plan.Steps);
    }

    private static CollapseRun Of(RunFolder run, long steps)
    {
        var program = run.ReadProgram();
        var monitor = CollapseMonitor.Of(program, steps).After(run.Metrics);
        var history = new MetricsHistory(run.Metrics);
        history.Read();
        var told = File.ReadLines(run.Metrics).Select(line => JsonNode.Parse(line)!).FirstOrDefault(line => (int?)line["collapse"] > 0);
        var shape = program.Stage("step").Outputs.First(output => output.Name == "embedding").Shape;
        return new CollapseRun(run, history.Curves, (int)shape[1], (int)Math.Min(shape[0], shape[1]), program.Collapse, monitor.Finding, (long?)told?["step"]);
    }

    private double Last(string name) => Curves[name].Last;
}
