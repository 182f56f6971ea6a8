using Jem.Graphs.Programs;
using Jem.Graphs.Seeding;
using Jem.Imaging;

namespace Jem.Trainer.Data.Loader.Inputs;

/// <summary>
/// Masks of blocks over a grid of patches (Bao et al., BEiT, arXiv:2106.08254, algorithm 1). As in the authors' code a block never masks more
/// than is left of the ratio, so that a mask has at most ⌊ratio·G²⌉ patches, and one or a few less where no block fits any more.
/// </summary>
internal sealed class BlockMaskFiller(BlockMaskInput input) : InputFiller
{
    private const int Tries = 10;

    private static readonly ulong s_stream = SeededRandom.Hash("mask");

    private readonly int _patches = input.Grid * input.Grid;

    public override long Length(int batch) => (long)batch * _patches;

    public override void Fill(in BatchRow row, PlanarImage image, Span<byte> masks)
    {
        var random = new SeededRandom(row.Seed, s_stream, (ulong)row.Epoch, (ulong)row.Number);
        var mask = masks.Slice(row.Row * _patches, _patches);
        mask.Clear();
        var left = (int)Math.Round(input.Ratio * _patches);
        for (var fits = true; fits && left > 0;)
        {
            fits = false;
            for (var tries = 0; tries < Tries && !fits; tries++)
            {
                var masked = Lay(ref random, mask, left);
                (fits, left) = (masked > 0, left - masked);
            }
        }
    }

    /// <summary>Masks a random rectangle, if it masks anything and not too much.</summary>
    /// <param name="most">Patches that may be masked.</param>
    /// <returns>Patches that were not masked before.</returns>
    private int Lay(ref SeededRandom random, Span<byte> mask, int most)
    {
        var area = random.NextDouble(Math.Min(input.LeastBlock, most), most);
        var aspect = Math.Exp(random.NextDouble(Math.Log(input.Aspect), -Math.Log(input.Aspect)));
        var (height, width) = ((int)Math.Round(Math.Sqrt(area * aspect)), (int)Math.Round(Math.Sqrt(area / aspect)));
        if (height is 0 || width is 0 || height > input.Grid || width > input.Grid)
        {
            return 0;
        }

        var (top, left) = (random.NextInt(input.Grid - height + 1), random.NextInt(input.Grid - width + 1));
        var fresh = 0;
        for (var y = top; y < top + height; y++)
        {
            fresh += mask.Slice((y * input.Grid) + left, width).Count((byte)0);
        }

        for (var y = top; fresh <= most && y < top + height; y++)
        {
            mask.Slice((y * input.Grid) + left, width).Fill(1);
        }

        return fresh <= most ? fresh : 0;
    }
}
