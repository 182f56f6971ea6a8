using Jem.Trainer.Formatting;
using Jem.Trainer.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Jem.Trainer.Reporting.Progress;

/// <summary>A bar, the figures and the course of the loss, redrawn in place on a terminal.</summary>
public sealed class LiveProgress(IAnsiConsole console) : ITrainingProgress
{
    // What stands beside bar and loss in their lines, which must not wrap.
    private const int Beside = 32;

    private const string Levels = "▁▂▃▄▅▆▇█";

    private readonly List<double> _losses = [];
    private readonly int _columns = Math.Clamp(console.Profile.Width - Beside, 8, 60);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LiveDisplayContext? _display;
    private Task _shown = Task.CompletedTask;

    public void Start(long step, long totalSteps) => _shown = console.Live(Text.Empty).StartAsync(display =>
    {
        _display = display;
        return _finished.Task;
    });

    public void Report(in StepReport report)
    {
        _losses.Add(report.Loss);
        _display?.UpdateTarget(new Rows(Lines(report)));
    }

    public void Say(string message) => console.WriteLine(message);

    // The console writes it above the picture.
    public void Warn(string message) => console.MarkupLineInterpolated($"[yellow]Warning: {message}[/]");

    public void Finish(string message)
    {
        _finished.TrySetResult();
        _shown.GetAwaiter().GetResult();
        console.WriteLine(message);
    }

    /// <summary>The loss over the run so far, as many columns as given.</summary>
    internal static string Sparkline(IReadOnlyList<double> values, int columns)
    {
        var count = Math.Min(columns, values.Count);
        var means = Enumerable.Range(0, count).Select(i =>
        {
            var (from, to) = (i * values.Count / count, (i + 1) * values.Count / count);
            return values.Skip(from).Take(to - from).Average();
        }).ToList();
        var (low, range) = (means.Min(), Math.Max(means.Max() - means.Min(), 1e-12));
        return string.Concat(means.Select(mean => Levels[(int)Math.Min(Levels.Length - 1, (mean - low) / range * Levels.Length)]));
    }

    private IEnumerable<IRenderable> Lines(StepReport report)
    {
        var filled = (int)(_columns * report.Step / report.TotalSteps);
        yield return new Markup($"[green]{new string('━', filled)}[/][grey]{new string('━', _columns - filled)}[/] {report.Step}/{report.TotalSteps}  "
            + $"[bold]{Duration.Text(report.Left)}[/] left");
        yield return new Markup($"{report.ImagesPerSecond:F0} images/s  waiting {report.WaitShare:P1}  epoch {report.Epoch:F2}  lr {report.LearningRate:G3}");
        yield return new Markup($"embedding std [bold]{report.EmbeddingStd:F3}[/] (healthy {1 / Math.Sqrt(report.Dimension):F3})  effective rank "
            + $"[bold]{report.EffectiveRank:F0}[/]/{report.Dimension}{(report.Knn is { } knn ? $"  kNN [bold]{knn:F3}[/]" : "")}");
        yield return new Markup($"loss [bold]{report.Loss:F4}[/] [blue]{Sparkline(_losses, _columns)}[/]");
    }
}
