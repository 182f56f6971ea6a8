using System.Text.RegularExpressions;
using Jem.Trainer.Reporting.Progress;
using Jem.Trainer.Training;
using Spectre.Console;

namespace Jem.Trainer.Tests.Reporting.Progress;

public partial class ProgressTests
{
    private static readonly StepReport s_report = new(20, 400, 0.5, 4.25, 0.1, 312.4, 0.013, TimeSpan.FromHours(26.5), 0.087, 101.2, 128);

    [Test]
    public void Lines_come_at_most_so_often()
    {
        var output = new StringWriter();
        var progress = new LineProgress(output, TimeSpan.FromHours(1));
        progress.Start(0, 400);
        progress.Report(s_report);
        progress.Report(s_report with { Step = 21 });
        progress.Report(s_report with { Step = 400 });
        progress.Finish("Done.");
        Assert.That(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[]
        {
            "Training for 400 steps.",
            "step 20/400  epoch 0.50  loss 4.2500  lr 0.1  312 images/s  waiting 1.3 %  std 0.087 (healthy 0.088)  rank 101/128  left 26:30:00",
            "step 400/400  epoch 0.50  loss 4.2500  lr 0.1  312 images/s  waiting 1.3 %  std 0.087 (healthy 0.088)  rank 101/128  left 26:30:00",
            "Done.",
        }));
    }

    [TestCase(60)]
    [TestCase(80)]
    [TestCase(200)]
    public void A_live_picture_has_four_lines_on_any_terminal(int width)
    {
        var (written, lines) = Live(width, s_report, s_report with { Step = 123_456, TotalSteps = 200_000 });
        Assert.Multiple(() =>
        {
            Assert.That(lines[^1], Is.EqualTo("Done."));
            Assert.That(lines[^5], Does.EndWith("123456/200000  26:30:00 left"));
            Assert.That(lines[^3], Does.Contain("embedding std 0.087 (healthy 0.088)"));
            Assert.That(lines[^2], Does.StartWith("loss 4.2500"));
            Assert.That(lines, Has.Some.EqualTo("Warning: [all] the same"), "what is warned of stays above");
            Assert.That(written, Does.Contain("\u001b[3A").Or.Contain("\u001b[1A"), "the picture is drawn over the one before");
            Assert.That(written, Does.Contain("\u001b[?25h"), "a terminal gets its cursor back");
        });
    }

    [Test]
    public void A_run_that_has_nothing_to_do_says_so_without_a_picture() => Assert.That(Live(80).Lines, Is.EqualTo(new[] { "Done." }));

    [Test]
    public void A_spark_line_shows_the_course_of_the_loss() =>
        Assert.Multiple(() =>
        {
            Assert.That(LiveProgress.Sparkline([8, 7, 6, 5, 4, 3, 2, 1], 8), Is.EqualTo("█▇▆▅▄▃▂▁"));
            Assert.That(LiveProgress.Sparkline([2, 2, 1, 1], 2), Is.EqualTo("█▁"));
            Assert.That(LiveProgress.Sparkline([3], 60), Is.EqualTo("▁"));
        });

    private static (string Written, string[] Lines) Live(int width, params StepReport[] reports)
    {
        using var output = new StringWriter();
        var settings = new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
        };
        var console = AnsiConsole.Create(settings);
        console.Profile.Width = width;
        var progress = new LiveProgress(console);
        if (reports.Length > 0)
        {
            progress.Start(0, reports[0].TotalSteps);
        }

        foreach (var report in reports)
        {
            progress.Report(report);
            progress.Warn("[all] the same");
        }

        progress.Finish("Done.");
        var lines = Control().Replace(output.ToString(), "")
            .Replace('\r', '\n')
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return (output.ToString(), lines);
    }

    [GeneratedRegex("""\u001b\[[0-9;?]*[A-Za-z]""")]
    private static partial Regex Control();
}
