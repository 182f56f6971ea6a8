using Jem.Graphs.Programs;
using Jem.Imaging;
using Jem.Trainer.Data.Loader.Inputs;

namespace Jem.Trainer.Drawing;

/// <summary>What the inputs of a step show of one image, as pictures of one size.</summary>
/// <param name="inputs">How the inputs are filled; those that have no picture are left out.</param>
internal sealed class InputCells(IReadOnlyDictionary<string, BatchRecipe> inputs, int channels, int side)
{
    // Inputs of other kinds have no picture.
    private readonly Dictionary<string, InputFiller> _fillers = inputs
        .Where(input => input.Value is ViewsInput or JigsawInput or BlockMaskInput)
        .ToDictionary(input => input.Key, input => InputKinds.BuiltIn.Filler(input.Value, channels));

    /// <summary>What is written above the pictures, in their order.</summary>
    public IReadOnlyList<string> Heads { get; } = [.. inputs.Values.SelectMany(Names)];

    /// <summary>The pictures [C,S,S] of an image in an epoch.</summary>
    public IEnumerable<byte[]> Of(PlanarImage image, ulong seed, long epoch, long index)
    {
        var row = new BatchRow(0, 1, seed, epoch, index, index);
        byte[]? view = null;
        foreach (var (name, filler) in _fillers)
        {
            var filled = new byte[filler.Length(batch: 1)];
            filler.Fill(row, image, filled);
            switch (inputs[name])
            {
                case ViewsInput { Recipe: var views }:
                    var parts = filled.Chunk(filled.Length / views.Count).Select(part => Centred(part, views.Size)).ToList();
                    view ??= parts[0];
                    foreach (var part in parts)
                    {
                        yield return part;
                    }

                    break;
                case JigsawInput jigsaw:
                    yield return Assembled(filled, jigsaw);
                    break;
                case BlockMaskInput mask when view is not null:
                    yield return Masked(view, filled, mask.Grid);
                    break;
            }
        }
    }

    private static IEnumerable<string> Names(BatchRecipe recipe) => recipe switch
    {
        ViewsInput views => Enumerable.Range(views.First + 1, views.Recipe.Count).Select(number => $"view {number}"),
        JigsawInput => ["jigsaw"],
        BlockMaskInput => ["masked"],
        _ => [],
    };

    private byte[] Centred(byte[] view, int size)
    {
        var picture = Blank();
        Paste(view, size, picture, (side - size) / 2, (side - size) / 2);
        return picture;
    }

    private byte[] Assembled(byte[] patches, JigsawInput jigsaw)
    {
        var (picture, length) = (Blank(), channels * jigsaw.Patch * jigsaw.Patch);
        for (var place = 0; place < jigsaw.Grid * jigsaw.Grid; place++)
        {
            var (down, right) = Math.DivRem(place, jigsaw.Grid);
            var margin = ((side / jigsaw.Grid) - jigsaw.Patch) / 2;
            Paste(patches.AsSpan(place * length, length), jigsaw.Patch, picture, (down * side / jigsaw.Grid) + margin, (right * side / jigsaw.Grid) + margin);
        }

        return picture;
    }

    private byte[] Masked(byte[] view, byte[] mask, int grid)
    {
        var picture = (byte[])view.Clone();
        for (var i = 0; i < picture.Length; i++)
        {
            var (y, x) = Math.DivRem(i % (side * side), side);
            picture[i] = mask[(y * grid / side * grid) + (x * grid / side)] == 1 ? byte.MaxValue : picture[i];
        }

        return picture;
    }

    private byte[] Blank()
    {
        var picture = new byte[channels * side * side];
        Array.Fill(picture, byte.MaxValue);
        return picture;
    }

    private void Paste(ReadOnlySpan<byte> from, int size, byte[] picture, int top, int left)
    {
        for (var line = 0; line < channels * size; line++)
        {
            var (channel, y) = Math.DivRem(line, size);
            from.Slice(line * size, size).CopyTo(picture.AsSpan((((channel * side) + top + y) * side) + left));
        }
    }
}
