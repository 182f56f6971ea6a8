using System.Diagnostics;
using Jem.Trainer.Formatting;
using Jem.Trainer.Training;

namespace Jem.Trainer.Reporting.Progress;

/// <summary>A line every few seconds: for logs, and wherever there is no terminal.</summary>
public sealed class LineProgress(TextWriter output, TimeSpan every) : ITrainingProgress
{
    private long _last;

    public void Start(long step, long totalSteps) =>
        output.WriteLine(step == 0 ? $"Training for {totalSteps:N0} steps." : $"Going on after step {step:N0} of {totalSteps:N0}.");

    public void Report(in StepReport report)
    {
        if (_last == 0 || report.Step == report.TotalSteps || Stopwatch.GetElapsedTime(_last) >= every)
        {
            _last = Stopwatch.GetTimestamp();
            output.WriteLine(Line(report));
        }
    }

    public void Say(string message) => output.WriteLine(message);

    public void Warn(string message) => output.WriteLine($"Warning: {message}");

    public void Finish(string message) => output.WriteLine(message);

    /// <summary>Everything a person watches, in one line.</summary>
    internal static string Line(in StepReport report) =>
        $"step {report.Step}/{report.TotalSteps}  epoch {report.Epoch:F2}  loss {report.Loss:F4}  lr {report.LearningRate:G3}  "
            + $"{report.ImagesPerSecond:F0} images/s  "
        + $"waiting {report.WaitShare:P1}  std {report.EmbeddingStd:F3} (healthy {1 / Math.Sqrt(report.Dimension):F3})  rank "
            + $"{report.EffectiveRank:F0}/{report.Dimension}{(report.Knn is { } knn ? $"  kNN {knn:F3}" : "")}  left {Duration.Text(report.Left)}";
}
