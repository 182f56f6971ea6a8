using System.Runtime.InteropServices;
using Jem.Graphs.Programs;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using NetVips;

namespace Jem.Trainer.Tests.Data.Sets;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(30_000)]
public sealed class MixtureTests : IDisposable
{
    private const string Shapes = "mix:0.75*synthetic:shapes?n=10&size=12+0.25*synthetic:shapes?n=30&size=16&seed=1";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Images_of_all_parts_follow_each_other()
    {
        var set = DataSets.Open(Shapes, DataSplit.Train);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((set.Count, set.Image(9).Width, set.Image(10).Width, set.Image(39).Width), Is.EqualTo((40, 12, 16, 16)));
            Assert.That(set.Name(10), Is.EqualTo("synthetic:shapes?n=30&size=16&seed=1: train/0"));
            Assert.That(set.Shares, Is.EqualTo(new[] { new ImageShare(0, 10, 30), new ImageShare(10, 30, 10) }));
            Assert.That(set.Provenance, Does.StartWith("a mixture: 75 % 10 synthetic shapes").And.Contains("; 25 % 30 synthetic shapes"));
            Assert.That(set.Fingerprint, Is.Not.EqualTo(DataSets.Open(Shapes.Replace("0.25", "0.5"), DataSplit.Train).Fingerprint));
        }
    }

    [Test]
    public void An_epoch_draws_each_part_by_its_weight_and_its_images_equally_often()
    {
        var set = DataSets.Open(Shapes, DataSplit.Train);
        var drawn = Read(set, new ViewLoaderOptions { Batch = 8, Seed = 5 }, 15).Select(step => step.Images).ToList();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var images = drawn[(5 * epoch)..(5 * (epoch + 1))].SelectMany(batch => batch).ToList();
            Assert.That(images.Count(image => image < 10), Is.EqualTo(30));
            Assert.That(images.Where(image => image < 10).CountBy(image => image).Select(pair => pair.Value), Is.All.EqualTo(3));
            Assert.That(images.Where(image => image >= 10), Is.Unique);
        }

        Assert.That(
            drawn.SelectMany(batch => batch).Where(image => image >= 10).ToList(),
            Is.Unique.And.Count.EqualTo(30),
            "three epochs of ten show all thirty");
    }

    [Test]
    public void Weights_in_proportion_to_the_sizes_show_every_image_once()
    {
        var set = DataSets.Open("mix:1*synthetic:shapes?n=8&size=12+2*synthetic:shapes?n=16&size=12", DataSplit.Train);
        Assert.That(Read(set, new ViewLoaderOptions { Batch = 8 }, 3).SelectMany(step => step.Images).ToList(), Is.Unique.And.Count.EqualTo(24));
    }

    [Test]
    public void Neither_threads_nor_the_start_change_what_is_drawn()
    {
        var (set, options) = (DataSets.Open(Shapes, DataSplit.Train), new ViewLoaderOptions { Batch = 8, Seed = 5 });
        var expected = Read(set, options with { Workers = 1, Depth = 2 }, 12).Select(step => step.Views).ToList();
        Assert.That(Read(set, options with { Workers = 3, Depth = 5 }, 12).Select(step => step.Views), Is.EqualTo(expected));
        Assert.That(Read(set, options with { Start = 7 }, 5).Select(step => step.Views), Is.EqualTo(expected[7..]));
        Assert.That(Read(set, options with { Seed = 6 }, 1)[0].Views, Is.Not.EqualTo(expected[0]));
    }

    [Test]
    public void An_image_that_an_epoch_repeats_has_other_views_each_time()
    {
        var set = DataSets.Open("mix:9*synthetic:shapes?n=5&size=12+1*synthetic:shapes?n=5&size=12&seed=1", DataSplit.Train);
        var step = Read(set, new ViewLoaderOptions { Batch = 10 }, 1)[0];
        var views = step.Views.Chunk(2 * 3 * 8 * 8).Select(view => new string(view)).ToList();
        Assert.That(step.Images.Distinct().Count(), Is.LessThan(10));
        Assert.That(views, Is.Unique);
    }

    [Test]
    public void Classes_merge_by_their_names_and_otherwise_there_are_none()
    {
        Save("a/cat/1.png", "a/dog/1.png", "b/dog/1.png", "c/cow/1.png", "c/dog/1.png", "d/1.png");
        var merged = Open("b", "a");
        Assert.That(merged.Labels!.Select(label => merged.ClassNames[label]), Is.EqualTo(new[] { "dog", "cat", "dog" }));
        foreach (var other in (string[])["c", "d"])
        {
            Assert.That((Open("a", other).Labels, Open("a", other).ClassNames.Count), Is.EqualTo(((int[]?)null, 0)), other);
        }
    }

    [Test]
    public void A_test_split_needs_one_in_every_part()
    {
        Save("a/train/1.png", "a/test/1.png", "b/1.png");
        Assert.That(DataSets.Open($"mix:1*folder:{_folder.At("a")}+1*synthetic:shapes?n=50", DataSplit.Test).Count, Is.EqualTo(11));
        Assert.That(
            () => DataSets.Open($"mix:1*folder:{_folder.At("a")}+1*folder:{_folder.At("b")}", DataSplit.Test),
            Throws.TypeOf<DataException>().With.Message.Match("^folder:.*/b has no test split: put the images into .*/b/train"));
    }

    [Test]
    public void Parts_of_other_ranges_are_refused() =>
        Assert.That(
            () => DataSets.Open("mix:1*synthetic:shapes?n=5+1*folder:a?range=4095+1*list:b", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.EqualTo(
                "The mixture's parts differ in range: folder:a?range=4095 and list:b. Give all of them the same ?range=N."));

    [Test]
    public void Other_channels_and_a_share_of_nothing_are_refused()
    {
        Assert.That(
            () => DataSets.Open("mix:1*synthetic:shapes?n=5+1*synthetic:shapes?n=5&channels=1", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.EqualTo(
                "The mixture's parts differ in channels: synthetic:shapes?n=5 has 3, synthetic:shapes?n=5&channels=1 has 1. "
                + "folder and list data take ?channels=N."));
        Assert.That(
            () => DataSets.Open("mix:1*synthetic:shapes?n=5+0.001*synthetic:shapes?n=6", DataSplit.Train),
            Throws.TypeOf<DataException>().With.Message.EqualTo(
                "The weight 0.001 of synthetic:shapes?n=6 is so small that an epoch of 11 images shows none of it. Give it a larger weight."));
    }

    [Test]
    public void Images_that_a_part_leaves_out_are_listed_with_its_name()
    {
        Save([.. Enumerable.Range(0, 30).Select(i => $"a/{i}.png")]);
        File.WriteAllText(_folder.At("a", "x.png"), "");
        var set = DataSets.Open($"mix:1*folder:{_folder.At("a")}+1*synthetic:shapes?n=5", DataSplit.Train);
        Assert.That((set.Count, set.Skipped.Single().Name), Is.EqualTo((35, $"folder:{_folder.At("a")}: x.png")));
    }

    private IImageSet Open(string first, string second) => DataSets.Open($"mix:1*folder:{_folder.At(first)}+1*folder:{_folder.At(second)}", DataSplit.Train);

    private void Save(params string[] names)
    {
        using var image = Image.Black(4, 4, bands: 3);
        foreach (var name in names)
        {
            image.WriteToFile(_folder.At(name.Split('/')));
        }
    }

    private static List<(long[] Images, string Views)> Read(IImageSet set, ViewLoaderOptions options, int steps)
    {
        using var loader = new ViewLoader(
            set, new Dictionary<string, BatchRecipe> { ["views"] = new ViewsInput(new ViewRecipe { Size = 8 }), ["image_ids"] = new ImageIdsInput() }, options);
        return [.. Enumerable.Range(0, steps).Select(_ =>
        {
            using var batch = loader.Next();
            return (MemoryMarshal.Cast<byte, long>(batch["image_ids"]).ToArray(), Convert.ToHexString(batch["views"]));
        })];
    }
}
