using System.Diagnostics;
using System.Runtime.CompilerServices;
using Jem.Trainer.Data;
using NetVips;

namespace Jem.Trainer.Tests.Data.Cache;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    private string Images => Path.Combine(_folder.Path, "images");

    private string Cache => Path.Combine(_folder.Path, "cache");

    private string[] Files => Directory.Exists(Cache) ? Directory.GetFiles(Cache) : [];

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Pixels_are_the_same_with_and_without_a_cache_and_when_it_is_reused()
    {
        Draw(30);
        var without = Pixels(Open(new() { ShortSide = 20, CacheBytes = 0, CacheFolder = _folder.At("empty", "x") }));
        var filled = Pixels(Open(new() { ShortSide = 20 }));
        var reused = Open(new() { ShortSide = 20 });
        Directory.Delete(Images, recursive: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(filled, Is.EqualTo(without));
            Assert.That(Pixels(reused), Is.EqualTo(without), "read from the cache: the files are gone");
            Assert.That(Files, Has.Length.EqualTo(1).And.All.EndsWith(".pixels"));
            Assert.That(_warnings, Is.Empty);
        }
    }

    [Test]
    public void Another_size_or_number_of_channels_or_a_changed_file_is_decoded_anew()
    {
        Draw(1);
        Assert.That((Open(new()).Image(0).Width, Open(new() { ShortSide = 10 }).Image(0).Width), Is.EqualTo((40, 13)));
        Assert.That(DataSets.Open($"folder:{Images}?channels=1", DataSplit.Train, new DataOpening { CacheFolder = Cache }).Image(0).Channels, Is.EqualTo(1));
        var before = Open(new()).Fingerprint;
        Save("0.png", 50, 44);
        var after = Open(new());
        Assert.That((after.Image(0).Width, after.Fingerprint == before), Is.EqualTo((50, false)));
    }

    [Test]
    public void A_range_says_which_level_of_deep_files_is_white()
    {
        Directory.CreateDirectory(Images);
        using (Image grey = Image.Black(8, 8) + 2048, deep = grey.Cast(Enums.BandFormat.Ushort), image = deep.Copy(interpretation: Enums.Interpretation.Grey16))
        {
            image.WriteToFile(Path.Combine(Images, "a.png"));
        }

        int Level(string options, double range = 0) =>
            DataSets.Open($"folder:{Images}?channels=1{options}", DataSplit.Train, Warned(range)).Image(0).Pixels.Span[0];
        DataOpening Warned(double range) => new() { CacheFolder = Cache, Range = range, Warn = _warnings.Add };
        Assert.That(Level(""), Is.EqualTo(8));
        Assert.That(Level(""), Is.EqualTo(8), "from the cache");
        var warning = $"All 1 images of {Images} with 16 bits per sample stay at 4,095 or below, of 65,535: of 256 levels 9 are left. "
            + "If white is 4095, open them with ?range=4095.";
        Assert.That(_warnings, Is.EqualTo(new[] { warning, warning }));
        Assert.That(Level("&range=4095"), Is.EqualTo(128));
        Assert.That(Level("", 4095), Is.EqualTo(128), "as an encoder's metadata say");
        Assert.That(_warnings, Has.Count.EqualTo(2));
        Assert.That(Level("&range=8191", 4095), Is.EqualTo(64), "what a person says comes first");
    }

    [Test]
    public void The_fingerprint_is_of_the_contents_and_not_of_place_and_time()
    {
        Draw(3);
        var before = Open(new()).Fingerprint;
        var moved = _folder.At("moved");
        Directory.Move(Images, moved);
        File.SetLastWriteTimeUtc(Path.Combine(moved, "1.png"), DateTime.UnixEpoch);
        Assert.That(DataSets.Open($"folder:{moved}", DataSplit.Train).Fingerprint, Is.EqualTo(before));
        File.Move(Path.Combine(moved, "1.png"), Path.Combine(moved, "4.png"));
        Assert.That(DataSets.Open($"folder:{moved}", DataSplit.Train).Fingerprint, Is.Not.EqualTo(before));
    }

    [Test]
    public void What_does_not_fit_is_decoded_each_time_and_said()
    {
        Draw(10);
        var all = Pixels(Open(new()));
        Directory.Delete(Cache, recursive: true);
        var some = Open(new() { CacheBytes = 3 * 40 * 30 * 4 });
        Assert.That(Pixels(some), Is.EqualTo(all));
        Assert.That(
            _warnings.Single(),
            Does.Match(
                "^The cache in .*cache has room for 4 of 10 images of .*; the others are decoded each time they are drawn\\. "
                + "JEM_CACHE names a folder with more room\\.$"));
        Open(new());
        Assert.That(_warnings, Has.Count.EqualTo(1), "with more room it is made anew");
    }

    [TestCase(0)]
    [TestCase(100)]
    [TestCase(-1)]
    [TestCase(-60)]
    public void A_cache_that_is_cut_short_or_altered_is_not_believed(int at)
    {
        Draw(3);
        var pixels = Pixels(Open(new()));
        var bytes = File.ReadAllBytes(Files[0]);
        if (at < 0)
        {
            bytes[^-at] ^= 1;
        }

        File.WriteAllBytes(Files[0], at < 0 ? bytes : bytes[..at]);
        Assert.That(Pixels(Open(new())), Is.EqualTo(pixels));
        Assert.That(new FileInfo(Files[0]).Length, Is.EqualTo(bytes.Length));
    }

    [Test]
    public void Pixels_that_were_altered_are_not_trained_on_and_the_next_run_makes_the_cache_anew()
    {
        Draw(3);
        var pixels = Pixels(Open(new()));
        var bytes = File.ReadAllBytes(Files[0]);
        var altered = bytes.ToArray();
        altered.AsSpan(4000, 4000).Reverse();
        File.WriteAllBytes(Files[0], altered);
        var set = Open(new());
        Assert.That(_warnings, Is.Empty, "opening does not read every pixel");
        Assert.That((Pixels(set), Pixels(set)), Is.EqualTo((pixels, pixels)));
        Assert.That(_warnings.Single(), Does.Match("^The cache of .*images in .*cache was altered\\. .* made anew by the next run\\.$"));
        Assert.That(Files, Is.Empty);
        Assert.That(Pixels(Open(new())), Is.EqualTo(pixels));
        Assert.That((File.ReadAllBytes(Files[0]).Length, _warnings.Count), Is.EqualTo((bytes.Length, 1)));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(-1)]
    public void Every_altered_byte_of_an_image_is_found(int at)
    {
        Draw(1);
        var pixels = Pixels(Open(new()));
        using (var file = File.Open(Files[0], FileMode.Open))
        {
            file.Position = at >= 0 ? at : (3 * 40 * 30) + at;
            var value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 1));
        }

        Assert.That(Pixels(Open(new())), Is.EqualTo(pixels));
        Assert.That(_warnings, Has.Count.EqualTo(1));
    }

    [Test]
    [Platform("Linux")]
    public void An_image_replaced_by_one_of_the_same_length_and_date_is_noticed()
    {
        Draw(2);
        var (path, date) = (Path.Combine(Images, "0.png"), new DateTime(2020, 2, 2, 2, 2, 2, DateTimeKind.Utc));
        Dress();
        var (before, pixels) = (Open(new()).Fingerprint, Pixels(Open(new())));
        Save("0.png", 40, 30);
        Dress();
        Assert.That((Open(new()).Fingerprint == before, Pixels(Open(new()))[0] == pixels[0]), Is.EqualTo((false, false)));

        // What follows the end of a PNG is nobody's.
        void Dress()
        {
            using (var file = File.OpenWrite(path))
            {
                file.SetLength(20_000);
            }

            File.SetLastWriteTimeUtc(path, date);
        }
    }

    [Test]
    public void A_set_stays_readable_when_its_cache_is_removed_or_replaced()
    {
        Draw(3);
        var set = Open(new());
        var pixels = Pixels(set);
        File.Delete(Files[0]);
        Open(new());
        Assert.That(Pixels(set), Is.EqualTo(pixels));
    }

    [Test]
    public void Two_runs_may_fill_the_cache_at_once()
    {
        Draw(20);
        var expected = Pixels(Open(new() { CacheFolder = _folder.At("other", "x") }));
        var sets = Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ => Pixels(Open(new()))).ToList();
        Assert.That(sets, Is.All.EqualTo(expected));
        Assert.That(Files, Has.Length.EqualTo(1));
    }

    [Test]
    public void What_a_killed_run_left_is_removed_and_what_a_living_one_writes_is_not()
    {
        Draw(1);
        Directory.CreateDirectory(Cache);
        File.WriteAllText(Path.Combine(Cache, "dead.pixels.partial"), "half");
        using var living = File.OpenHandle(Path.Combine(Cache, "living.pixels.partial"), FileMode.CreateNew, FileAccess.Write, FileShare.Delete);
        Open(new());
        Assert.That(Files.Select(Path.GetFileName), Has.Member("living.pixels.partial").And.No.Member("dead.pixels.partial"));
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_run_that_is_killed_while_it_fills_the_cache_leaves_nothing_that_is_believed(CancellationToken cancellation)
    {
        Draw(1500);
        var jem = Path.Combine(AppContext.BaseDirectory, "Jem.Trainer.Tool.dll");
        var start = new ProcessStartInfo("dotnet", [jem, "data", $"folder:{Images}", "--out", _folder.At("views.png")]) { RedirectStandardOutput = true };
        start.Environment["JEM_CACHE"] = Cache;
        using (var run = Process.Start(start)!)
        {
            while (!Files.Any(file => new FileInfo(file).Length > 0) && !run.HasExited)
            {
                cancellation.ThrowIfCancellationRequested();
                Thread.Sleep(1);
            }

            run.Kill();
            run.WaitForExit();
        }

        Assert.That(Files.Single(), Does.EndWith(".partial"), "it was killed half-way");
        var set = Open(new());
        Assert.That(Files.Single(), Does.EndWith(".pixels"));
        Assert.That(Pixels(set), Is.EqualTo(Pixels(Open(new() { CacheBytes = 0 }))));
    }

    [Test]
    public void Caches_not_used_for_longest_make_way()
    {
        var limit = 3L * 40 * 30 * 10;
        foreach (var name in (string[])["a", "b", "c"])
        {
            Draw(4, name);
            DataSets.Open($"folder:{Path.Combine(Images, name)}", DataSplit.Train, new DataOpening { CacheFolder = Cache, CacheBytes = limit });
            foreach (var file in Files)
            {
                File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file) - TimeSpan.FromHours(1));
            }
        }

        var kept = new DirectoryInfo(Cache).GetFiles().OrderBy(file => file.LastWriteTimeUtc).ToList();
        Assert.That(kept, Has.Count.EqualTo(2));
        Assert.That((DateTime.UtcNow - kept[0].LastWriteTimeUtc).TotalHours, Is.EqualTo(2).Within(0.5), "the first one is gone");
    }

    [Test]
    public void Without_a_place_for_the_cache_images_are_decoded_each_time_and_that_is_said()
    {
        Draw(2);
        File.WriteAllText(_folder.At("file"), "");
        var set = Open(new() { CacheFolder = _folder.At("file") });
        Assert.That(set.Image(0).Width, Is.EqualTo(40));
        Assert.That(
            _warnings.Single(),
            Does.Match("^No cache of decoded images in .*file: .*\\. Images are decoded each time they are drawn; JEM_CACHE names another folder\\.$"));
    }

    [TestCase("folder:images", "^Interrupted while the folder .*images was listed\\.$")]
    [TestCase("list:list.txt", "^Interrupted while the list .*list\\.txt was read\\.$")]
    public void Opening_can_be_interrupted_and_then_leaves_nothing(string spec, string message)
    {
        Draw(3);
        File.WriteAllText(_folder.At("list.txt"), "images/0.png\n");
        var opening = new DataOpening { CacheFolder = Cache, Cancellation = new CancellationToken(canceled: true) };
        Assert.That(
            () => DataSets.Open(spec.Replace(":", $":{_folder.Path}/"), DataSplit.Train, opening),
            Throws.InstanceOf<OperationCanceledException>().With.Message.Match(message));
        Assert.That(Files, Is.Empty);
    }

    [Test]
    public void The_file_of_a_set_that_is_forgotten_is_closed()
    {
        Draw(1);
        OpenAndForget();
        for (var i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assume.That(OperatingSystem.IsLinux());
        Assert.That(File.ReadAllText("/proc/self/maps"), Does.Not.Contain(Cache));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OpenAndForget()
    {
        var pixel = Open(new()).Image(0).Plane(0)[0];
        Assume.That(!OperatingSystem.IsLinux() || File.ReadAllText("/proc/self/maps").Contains(Cache), $"{pixel}");
    }

    private IImageSet Open(DataOpening opening) =>
        DataSets.Open($"folder:{Images}", DataSplit.Train, opening with { CacheFolder = opening.CacheFolder ?? Cache, Warn = _warnings.Add });

    private static List<string> Pixels(IImageSet set) =>
    [
        .. Enumerable.Range(0, set.Count)
            .Select(set.Image)
            .Select(image => $"{image.Width}×{image.Height} {Convert.ToHexString(image.Pixels.Span)}"),
    ];

    private void Draw(int count, string folder = "")
    {
        for (var i = 0; i < count; i++)
        {
            Save(Path.Combine(folder, $"{i}.png"), 40, 30);
        }
    }

    private void Save(string name, int width, int height)
    {
        using Image noise = Image.Gaussnoise(width, height, mean: 128, sigma: 60), bytes = noise.Cast(Enums.BandFormat.Uchar);
        using var colour = bytes.Bandjoin(bytes.Invert(), bytes.Flip(Enums.Direction.Horizontal)).Copy(interpretation: Enums.Interpretation.Srgb);
        colour.WriteToFile(_folder.At("images", name));
    }
}
