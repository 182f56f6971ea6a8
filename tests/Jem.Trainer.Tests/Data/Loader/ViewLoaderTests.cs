using System.Runtime.InteropServices;
using Jem.Graphs.Programs;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;

namespace Jem.Trainer.Tests.Data.Loader;

[CancelAfter(30_000)]
public sealed class ViewLoaderTests
{
    private static readonly ViewRecipe s_recipe = new() { Size = 8 };
    private static readonly Dictionary<string, BatchRecipe> s_inputs = Inputs(s_recipe);
    private static readonly IImageSet s_set = DataSets.Open("synthetic:shapes?n=50&size=12", DataSplit.Train);
    private static readonly ViewLoaderOptions s_options = new() { Batch = 8, Seed = 3 };

    [Test]
    public void Neither_threads_nor_depth_nor_the_start_change_a_byte()
    {
        var expected = Read(s_options with { Workers = 1, Depth = 2 }, 14);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Read(s_options with { Workers = 3, Depth = 5 }, 14), Is.EqualTo(expected));
            Assert.That(Read(s_options with { Start = 9 }, 5), Is.EqualTo(expected[9..]));
            Assert.That(Read(s_options with { Seed = 4 }, 14)[0], Is.Not.EqualTo(expected[0]));
        }
    }

    [Test]
    public void The_batch_of_a_step_can_be_made_alone()
    {
        using var loader = new ViewLoader(s_set, s_inputs, s_options);
        var (views, ids) = (new byte[2 * 8 * 3 * 8 * 8], new byte[8 * sizeof(long)]);
        loader.Fill(11, input => input == "views" ? views : ids);
        Assert.That(new Step(11, 1, Ids(ids), Convert.ToHexString(views)), Is.EqualTo(Read(s_options, 12)[11]));
    }

    [Test]
    public void An_epoch_shows_images_once_in_an_order_of_its_own_and_drops_the_rest()
    {
        using var loader = new ViewLoader(s_set, s_inputs, s_options);
        Assert.That(loader.StepsPerEpoch, Is.EqualTo(6));
        var steps = Read(s_options, 12);
        var epochs = steps.GroupBy(step => step.Epoch).Select(group => group.SelectMany(step => step.Images).ToList()).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(epochs, Has.Count.EqualTo(2));
            Assert.That(epochs[0], Is.Unique.And.Count.EqualTo(48));
            Assert.That(epochs[1], Is.Unique.And.Count.EqualTo(48));
            Assert.That(epochs[1], Is.Not.EqualTo(epochs[0]));
            Assert.That(epochs[0], Is.Not.Ordered);
        }
    }

    [Test]
    public void Rows_are_view_major()
    {
        // Without any randomness a view is the image, so that both halves of a batch are the same.
        var still = new ViewRecipe { Size = 12, CropScale = [1, 1], CropRatio = [1, 1], Flip = 0, Jitter = 0, Grey = 0 };
        using var loader = new ViewLoader(s_set, Inputs(still), s_options);
        using var batch = loader.Next();
        var expected = Ids(batch["image_ids"]).SelectMany(image => s_set.Image((int)image).Pixels.ToArray()).ToArray();
        Assert.That(batch["views"], Is.EqualTo(expected.Concat(expected)));
    }

    [Test]
    public void A_batch_larger_than_the_data_is_refused() =>
        Assert.That(
            () => new ViewLoader(s_set, s_inputs, new ViewLoaderOptions { Batch = 51 }),
            Throws.TypeOf<DataException>().With.Message.EqualTo("A batch of 51 is larger than the data: there are 50 images. Take a batch of at most 50."));

    [Test]
    public void An_image_that_breaks_later_surfaces_at_the_step_that_shows_it()
    {
        using var folder = new TemporaryFolder();
        foreach (var index in Enumerable.Range(0, 6))
        {
            using var image = NetVips.Image.Black(4, 4, bands: 3);
            image.WriteToFile(folder.At($"{index}.png"));
        }

        var set = DataSets.Open($"folder:{folder.Path}", DataSplit.Train, new DataOpening { CacheBytes = 0 });
        File.WriteAllText(folder.At("3.png"), "not an image");
        using var loader = new ViewLoader(set, s_inputs, s_options with { Batch = 1, Workers = 2 });
        var shown = new List<long>();
        var error = Assert.Throws<DataException>(() =>
        {
            while (true)
            {
                using var batch = loader.Next();
                shown.Add(Ids(batch["image_ids"])[0]);
            }
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error!.Message, Does.Contain("3.png").And.EndsWith("It could be read when the data were opened: put it back as it was."));
            Assert.That(shown, Has.Count.LessThan(6).And.None.EqualTo(3));
        }
    }

    [Test]
    public void Cancelling_ends_the_wait_and_disposing_the_threads()
    {
        using var cancelled = new CancellationTokenSource();
        var huge = s_recipe with { Size = 600 };
        var loader = new ViewLoader(s_set, Inputs(huge), s_options with { Batch = 50 });
        cancelled.CancelAfter(20);
        Assert.That(() => loader.Next(cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(loader.Waited, Is.LessThan(TimeSpan.FromSeconds(10)));
        loader.Dispose();
        Assert.That(() => loader.Next(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Holding_every_batch_is_told_instead_of_waiting_for_ever()
    {
        using var loader = new ViewLoader(s_set, s_inputs, s_options with { Depth = 2 });
        using var first = loader.Next();
        using (var second = loader.Next())
        {
            Assert.That(() => loader.Next(), Throws.InvalidOperationException.With.Message.StartsWith("All 2 batches are in use"));
            second.Dispose();
        }

        using var third = loader.Next();
        Assert.That((third.Step, ReferenceEquals(third["views"], first["views"])), Is.EqualTo((2, false)));
    }

    private static Dictionary<string, BatchRecipe> Inputs(ViewRecipe recipe) =>
        new() { ["views"] = new ViewsInput(recipe), ["image_ids"] = new ImageIdsInput() };

    private static long[] Ids(byte[] input) => MemoryMarshal.Cast<byte, long>(input).ToArray();

    private static Step[] Read(ViewLoaderOptions options, int count)
    {
        using var loader = new ViewLoader(s_set, s_inputs, options);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            using var batch = loader.Next();
            return new Step(batch.Step, batch.Epoch, Ids(batch["image_ids"]), Convert.ToHexString(batch["views"]));
        })];
    }

    private sealed record Step(long Number, long Epoch, long[] Images, string Views)
    {
        public bool Equals(Step? other) =>
            other is not null && (Number, Epoch, Views) == (other.Number, other.Epoch, other.Views) && Images.SequenceEqual(other.Images);

        public override int GetHashCode() => HashCode.Combine(Number, Views);
    }
}
