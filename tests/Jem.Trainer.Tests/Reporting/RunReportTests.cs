using System.Text.RegularExpressions;
using System.Xml;
using Jem.Graphs.Programs;
using Jem.Imaging;
using Jem.Trainer.Data;
using Jem.Trainer.Reporting;
using Jem.Trainer.Runs;
using Jem.Trainer.Tests.Commands;

namespace Jem.Trainer.Tests.Reporting;

/// <summary>The page of a real, very short run.</summary>
public sealed partial class RunReportTests
{
    private const string Data = "synthetic:shapes?n=60&size=16";

    private static readonly TemporaryFolder s_folder = new();
    private static string s_run = "";

    [OneTimeSetUp]
    public static void Train()
    {
        s_run = s_folder.At("a run");
        var result = CommandLine.Run(
            "train", "simclr", "--data", Data, "--out", s_run, "--width", "4", "--image-size", "16", "--batch", "8", "--steps", "12", "--quiet");
        Assert.That(result.Code, Is.Zero, result.Error);
    }

    [OneTimeTearDown]
    public static void Delete() => s_folder.Dispose();

    [Test]
    public void The_page_shows_curves_views_neighbours_and_a_map()
    {
        using var copy = new CopiedRun();
        var page = copy.Page(Images());
        string[] parts =
        [
            "Loss", "Learning rate", "Embedding deviation", "healthy: 1/√128", "Effective rank", "all 128 dimensions", "Nearest neighbours", "by chance",
            "Map of the embeddings", "After step 12", "Augmented views", "resnet18-w4", "onnx runtime", "Step 12 of 12", "class=\"state finished\"",
        ];
        foreach (var part in parts)
        {
            Assert.That(page, Does.Contain(part));
        }

        Assert.That(Regex.Count(page, "class=\"map\""), Is.EqualTo(2));
        Assert.That(Regex.Count(page, "class=\"p k"), Is.EqualTo(2 * 60));
        Assert.That(Regex.Count(page, "<figure class=\"tile"), Is.EqualTo(8 * 13));
        Assert.That(page, Does.Not.Contain("http-equiv=\"refresh\""), "a finished run does not change");
        Assert.That(page, Has.Length.LessThan(3_000_000));
    }

    [Test]
    public void The_page_needs_nothing_but_itself()
    {
        using var copy = new CopiedRun();
        var page = copy.Page(Images());
        Assert.That(
            Source().Matches(page).Select(match => match.Groups[1].Value).Where(source => !source.StartsWith("data:image/") && !source.StartsWith('#')),
            Is.Empty);
        Assert.That(page, Does.Not.Contain("<link").And.Not.Contain("<script src").And.Not.Contain("@import"));
    }

    [Test]
    public void Every_chart_is_well_formed()
    {
        using var copy = new CopiedRun();
        var charts = Svg().Matches(copy.Page(Images()));
        Assert.That(charts, Has.Count.GreaterThan(8));
        foreach (Match chart in charts)
        {
            Assert.That(() => new XmlDocument().LoadXml(chart.Value), Throws.Nothing);
            Assert.That(chart.Value, Does.Not.Contain("NaN").And.Not.Contain("∞"));
        }
    }

    [Test]
    public void A_page_made_later_is_the_same_page()
    {
        using var copy = new CopiedRun();
        string Undated(string page) => Time().Replace(page, "");
        Assert.That(Undated(copy.Page(Images())), Is.EqualTo(Undated(copy.Page(Images()))));
    }

    [Test]
    public void While_a_run_goes_on_its_page_follows()
    {
        using var copy = new CopiedRun();
        File.WriteAllText(copy.At("config.json"), (copy.Run.ReadConfig() with { Steps = 100 }).ToJson());
        RunStatus.Write(copy.Run, RunStatus.Running, 12, "");
        Directory.Move(copy.At("checkpoints"), copy.At("later"));
        var report = new RunReport(copy.Run, Images(), 0);
        report.Refresh();
        var page = File.ReadAllText(copy.At("report.html"));
        Assert.That(
            page,
            Does.Contain("http-equiv=\"refresh\"").And.Contain("class=\"state running\"").And.Contain("to go").And.Contain("There is no checkpoint yet."));
        Assert.That(page, Does.Not.Contain("After step"));

        Directory.Move(copy.At("later"), copy.At("checkpoints"));
        File.AppendAllText(copy.At("metrics.jsonl"), "{\"step\":50,\"loss\":1.25,\"knn\":0.5}\n{\"step\":51,\"lo");
        report.Refresh();
        Assert.That(File.ReadAllText(copy.At("report.html")), Does.Contain("After step 12").And.Contain("Step 50 of 100").And.Contain("kNN accuracy"));
        Assert.That(Directory.EnumerateFiles(copy.Run.Root, "*.partial"), Is.Empty);
    }

    [Test]
    public void A_run_that_calls_after_every_step_writes_now_and_then()
    {
        using var copy = new CopiedRun();
        var report = new RunReport(copy.Run, Images(), 0);
        Assert.That(report.RefreshWhenDue(), Is.True);
        Assert.That(File.ReadAllText(copy.At("report.html")), Does.Contain("Learning rate").And.Contain("has not been looked at yet"));
        Assert.That(report.RefreshWhenDue(), Is.False);

        Directory.CreateDirectory(copy.At("report.html.partial"));
        var unwritable = new RunReport(copy.Run, Images(), 0);
        Assert.That(() => unwritable.RefreshWhenDue(), Throws.TypeOf<UnauthorizedAccessException>().With.Message.Contains("report.html.partial"));
        Assert.That(unwritable.RefreshWhenDue(), Is.False, "the next time is in its turn");
    }

    [Test]
    public void Images_without_classes_have_neighbours_and_a_map_of_one_colour()
    {
        using var copy = new CopiedRun();
        var page = copy.Page(new Unlabelled(Images()));
        Assert.That(page, Does.Contain("After step 12").And.Contain("cosine 0.9"));
        Assert.That(page, Does.Not.Contain("by chance").And.Not.Contain("✓").And.Not.Contain("legend classes"));
        Assert.That(Regex.Count(page, "class=\"p k0\""), Is.EqualTo(2 * 60));
    }

    [Test]
    public void A_broken_image_is_left_out()
    {
        using var copy = new CopiedRun();
        foreach (var broken in Enumerable.Range(0, 60).Where(index => index % 10 == 0))
        {
            Assert.That(Regex.Count(copy.Page(new Unlabelled(Images(), broken)), "class=\"p k0\""), Is.EqualTo(2 * 59));
        }
    }

    [Test]
    public void The_page_says_how_the_run_ended()
    {
        using var copy = new CopiedRun();
        File.WriteAllText(copy.At("status.json"), """{"state":"failed","message":"The loss is NaN at step 13.","step":12}""");
        File.WriteAllText(copy.At("skipped.txt"), "train/a.jpg: truncated\ntrain/<b>.jpg: empty\n");
        var page = copy.Page(Images());
        Assert.That(page, Does.Contain("class=\"state failed\"").And.Contain("The loss is NaN at step 13.").And.Contain("jem train --resume"));
        Assert.That(page, Does.Contain("2 broken images skipped").And.Contain("train/&lt;b&gt;.jpg: empty"));
    }

    [Test]
    public void A_running_run_that_fell_silent_has_stopped()
    {
        using var copy = new CopiedRun();
        File.WriteAllText(copy.At("status.json"), """{"state":"running"}""");
        File.SetLastWriteTimeUtc(copy.At("status.json"), DateTime.UtcNow.AddHours(-2));
        File.SetLastWriteTimeUtc(copy.At("metrics.jsonl"), DateTime.UtcNow.AddHours(-1));
        Assert.That(copy.Page(Images()), Does.Contain("class=\"state stopped\"").And.Contain("Nothing was logged since"));
    }

    [Test]
    public void Numbers_are_shown_without_images_too()
    {
        using var copy = new CopiedRun();
        Assert.That(copy.Page(null), Does.Contain("Learning rate").And.Contain("The images were not at hand: name them with `jem report RUN --data SPEC`."));
    }

    [Test]
    public void A_broken_checkpoint_costs_only_its_part_of_the_page()
    {
        using var copy = new CopiedRun();
        foreach (var file in Directory.EnumerateFiles(copy.At("checkpoints"), "*", SearchOption.AllDirectories))
        {
            File.WriteAllText(file, "{");
        }

        Assert.That(copy.Page(Images()), Does.Contain("This cannot be shown: The checkpoint").And.Contain("Before training").And.Contain("Learning rate"));
    }

    [Test]
    public void Other_images_than_the_runs_are_noticed()
    {
        using var copy = new CopiedRun();
        Assert.That(
            copy.Page(DataSets.Open("synthetic:shapes?n=40&size=16", DataSplit.Train)),
            Does.Contain("These are not the images that the run trains on"));
    }

    [Test]
    public void The_command_writes_the_page()
    {
        using var copy = new CopiedRun();
        var result = CommandLine.Run("report", copy.Run.Root, "--out", copy.At("page.html"));
        Assert.That((result.Code, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.Output, Does.Contain("page.html  "));
        Assert.That(File.ReadAllText(copy.At("page.html")), Does.Contain("After step 12"));
        Assert.That(
            CommandLine.Run("report", copy.Run.Root, "--out", copy.At("page.html")).Error,
            Is.EqualTo($"jem: --out {copy.At("page.html")} is there already. Name another file, or add --overwrite to replace it."));
        Assert.That(CommandLine.Run("report", copy.Run.Root, "--out", copy.At("page.html"), "--overwrite").Code, Is.Zero);
        Assert.That(CommandLine.Run("report", copy.Run.Root, "--out", copy.Run.Report).Code, Is.Zero, "the run's own page is made anew at any time");

        File.WriteAllText(copy.At("config.json"), (copy.Run.ReadConfig() with { Data = "idx:gone" }).ToJson());
        result = CommandLine.Run("report", copy.Run.Root);
        Assert.That(result.Code, Is.Zero);
        Assert.That(result.Error, Does.EndWith("The page has only numbers; --data names the images."));
        Assert.That(
            CommandLine.Run("report", copy.Run.Root, "--out", copy.At("none") + "/x/page.html").Error,
            Does.Contain("there is no folder to write it into."));
    }

    private static ViewRecipe Views => new() { Size = 16 };

    private static IImageSet Images() => DataSets.Open(Data, DataSplit.Train);

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Source();

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Svg();

    [GeneratedRegex("<time.*?</time>")]
    private static partial Regex Time();

    /// <summary>Images whose classes nobody knows, and one of which may be broken.</summary>
    private sealed class Unlabelled(IImageSet images, int broken = -1) : IImageSet
    {
        public int Count => images.Count;

        public int Channels => images.Channels;

        public int[]? Labels => null;

        public IReadOnlyList<string> ClassNames => [];

        public string Provenance => images.Provenance;

        public string Fingerprint => images.Fingerprint;

        public PlanarImage Image(int index) => index == broken ? throw new DataException("broken") : images.Image(index);

        public string Name(int index) => images.Name(index);
    }

    /// <summary>The run, for one test to change.</summary>
    private sealed class CopiedRun : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public CopiedRun()
        {
            foreach (var file in Directory.EnumerateFiles(s_run, "*", SearchOption.AllDirectories))
            {
                File.Copy(file, _folder.At(Path.GetRelativePath(s_run, file)));
            }

            Run = RunFolder.Open(_folder.Path);
        }

        public RunFolder Run { get; }

        public string At(string name) => Path.Combine(_folder.Path, name);

        public string Page(IImageSet? images)
        {
            new RunReport(Run, images, 0).Refresh();
            return File.ReadAllText(At("report.html"));
        }

        public void Dispose() => _folder.Dispose();
    }
}
