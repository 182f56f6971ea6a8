using System.Runtime.InteropServices;
using Jem.Graphs.Programs;
using Jem.Imaging;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Data.Loader.Inputs;

namespace Jem.Trainer.Tests.Data.Loader.Inputs;

[CancelAfter(60_000)]
public sealed class InputFillerTests
{
    private const int Side = 12, Batch = 4;

    // Without randomness a view is its image.
    private static readonly ViewRecipe s_still = new() { Size = Side, Count = 1, CropScale = [1, 1], CropRatio = [1, 1], Flip = 0, Jitter = 0, Grey = 0 };
    private static readonly IImageSet s_set = DataSets.Open($"synthetic:shapes?n=40&size={Side}", DataSplit.Train);

    private static readonly Dictionary<string, BatchRecipe> s_inputs = new()
    {
        ["views"] = new ViewsInput(new ViewRecipe { Size = Side }),
        ["local_views"] = new ViewsInput(new ViewRecipe { Size = Side, Count = 3 }, First: 2),
        ["patches"] = new JigsawInput(s_still, Grid: 3, Patch: 3, First: 5),
        ["mask"] = new BlockMaskInput(Grid: 7, Ratio: 0.6, LeastBlock: 4, Aspect: 0.3),
        ["image_ids"] = new ImageIdsInput(),
        ["negatives"] = new RandomIdsInput(Count: 1000, Images: 40),
    };

    [Test]
    public void Neither_threads_nor_the_start_change_a_byte_of_any_input()
    {
        var expected = Read(new ViewLoaderOptions { Batch = Batch, Seed = 3, Workers = 1 }, 14);
        Assert.That(Read(new ViewLoaderOptions { Batch = Batch, Seed = 3, Workers = 3, Depth = 6 }, 14), Is.EqualTo(expected));
        Assert.That(Read(new ViewLoaderOptions { Batch = Batch, Seed = 3, Start = 9 }, 5), Is.EqualTo(expected[9..]));
        Assert.That(expected.Select(step => step["mask"]), Is.Unique);
        Assert.That(expected.Select(step => step["negatives"]), Is.Unique);
    }

    // An input whose views were numbered from 0 would show the global crops again.
    [Test]
    public void Views_of_two_inputs_are_independent()
    {
        var length = 3 * Side * Side;
        var step = Read(new ViewLoaderOptions { Batch = Batch, Seed = 3 }, 1)[0];
        var views = Convert.FromHexString(step["views"])
            .Chunk(Batch * length)
            .Concat(Convert.FromHexString(step["local_views"]).Chunk(Batch * length))
            .ToList();
        Assert.That(views.Select(Convert.ToHexString).ToList(), Is.Unique.And.Count.EqualTo(5));
    }

    [Test]
    public void Ids_are_those_of_the_images_shown()
    {
        var inputs = new Dictionary<string, BatchRecipe> { ["views"] = new ViewsInput(s_still), ["image_ids"] = new ImageIdsInput() };
        using var loader = new ViewLoader(s_set, inputs, new ViewLoaderOptions { Batch = Batch });
        using var batch = loader.Next();
        var shown = MemoryMarshal.Cast<byte, long>(batch["image_ids"]).ToArray().SelectMany(id => s_set.Image((int)id).Pixels.ToArray());
        Assert.That(batch["views"], Is.EqualTo(shown));
    }

    [Test]
    public void Negatives_are_all_images_alike()
    {
        var counts = new int[40];
        foreach (var step in Read(new ViewLoaderOptions { Batch = Batch }, 20))
        {
            foreach (var id in MemoryMarshal.Cast<byte, long>(Convert.FromHexString(step["negatives"])))
            {
                counts[id]++;
            }
        }

        // 20,000 draws: χ² of 39 degrees of freedom exceeds 102 once in ten million times.
        Assert.That(counts.Sum(count => Math.Pow(count - 500, 2) / 500), Is.LessThan(102));
    }

    [Test]
    public void Patches_are_cut_one_from_each_cell_in_a_random_order()
    {
        // Each pixel says where it is, so that a patch says where it was cut.
        var where = new PlanarPixels(Side);
        var filler = InputKinds.BuiltIn.Filler(new JigsawInput(s_still, Grid: 3, Patch: 2, First: 0), channels: 1);
        var orders = new HashSet<string>();
        for (var image = 0; image < 50; image++)
        {
            var patches = new byte[filler.Length(1)];
            filler.Fill(new BatchRow(0, 1, 0, 0, image, image), where.Image, patches);
            var corners = patches.Chunk(4).Select(patch => (int)patch[0]).ToList();
            Assert.That(patches.Chunk(4).All(patch => patch[1] == patch[0] + 1 && patch[2] == patch[0] + Side && patch[3] == patch[2] + 1), "a patch is whole");
            int[] cells = [.. corners.Select(corner => (corner / Side / 4 * 3) + (corner % Side / 4))];
            Assert.That(cells, Is.EquivalentTo(Enumerable.Range(0, 9)));
            Assert.That(corners.All(corner => corner / Side % 4 <= 2 && corner % Side % 4 <= 2), "it stays in its cell");
            orders.Add(string.Join(',', cells));
        }

        Assert.That(orders, Has.Count.GreaterThan(45));
    }

    [Test]
    public void Patches_of_a_batch_are_place_major()
    {
        var filler = InputKinds.BuiltIn.Filler(new JigsawInput(s_still, Grid: 2, Patch: 6, First: 0), channels: 1);
        var (alone, both) = (new byte[filler.Length(1)], new byte[filler.Length(2)]);
        var where = new PlanarPixels(Side).Image;
        filler.Fill(new BatchRow(0, 1, 0, 0, 8, 8), where, alone);
        filler.Fill(new BatchRow(1, 2, 0, 0, 8, 8), where, both);
        Assert.That(both.Chunk(36).Where((_, row) => row % 2 == 1).SelectMany(patch => patch), Is.EqualTo(alone));
    }

    [Test]
    public void A_patch_that_fits_no_cell_is_refused() =>
        Assert.That(() => InputKinds.BuiltIn.Filler(new JigsawInput(s_still, Grid: 3, Patch: 5, First: 0), 1), Throws.ArgumentException.With.Message.EqualTo(
            "A view of 12 pixels has 3×3 cells of 4, which cannot hold patches of 5. Take patches of at most 4, or larger views."));

    [TestCase(7, 0.6, 4)]
    [TestCase(14, 0.4, 16)]
    [TestCase(5, 0.5, 3)]
    public void A_mask_covers_its_share_in_blocks(int grid, double ratio, int leastBlock)
    {
        var filler = InputKinds.BuiltIn.Filler(new BlockMaskInput(grid, ratio, leastBlock, Aspect: 0.3), channels: 3);
        var most = (int)Math.Round(ratio * grid * grid);
        var covered = new int[grid * grid];
        var (counts, alike, pairs) = (new List<int>(), 0, 0);
        for (var image = 0; image < 400; image++)
        {
            var mask = new byte[filler.Length(1)];
            filler.Fill(new BatchRow(0, 1, 1, 0, image, image), s_set.Image(0), mask);
            Assert.That(mask, Is.All.LessThanOrEqualTo(1));
            counts.Add(mask.Sum(patch => patch));
            for (var i = 0; i < mask.Length; i++)
            {
                covered[i] += mask[i];
                if (i % grid > 0)
                {
                    pairs++;
                    alike += mask[i] == mask[i - 1] ? 1 : 0;
                }
            }
        }

        Assert.Multiple(() =>
        {
            Assert.That(counts, Is.All.LessThanOrEqualTo(most));
            Assert.That(counts.Average(), Is.GreaterThan(0.85 * most));
            Assert.That(covered, Is.All.InRange(1, 399), "every patch is masked at times and seen at times");

            // Of single patches, neighbours would be alike as often as chance has it.
            Assert.That((double)alike / pairs, Is.GreaterThan((ratio * ratio) + ((1 - ratio) * (1 - ratio)) + 0.1), "blocks, not single patches");
        });
    }

    private static List<Dictionary<string, string>> Read(ViewLoaderOptions options, int count)
    {
        using var loader = new ViewLoader(s_set, s_inputs, options);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            using var batch = loader.Next();
            return batch.Inputs.ToDictionary(input => input, input => Convert.ToHexString(batch[input]));
        })];
    }

    private sealed class PlanarPixels(int side)
    {
        public PlanarImage Image { get; } = new(Enumerable.Range(0, side * side).Select(pixel => (byte)pixel).ToArray(), 1, side, side);
    }
}
