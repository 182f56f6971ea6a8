using Jem.Graphs.Methods;
using Jem.Imaging;

namespace Jem.Trainer.Data.Loader.Inputs;

/// <summary>Fills one batch input of a program, image by image. Safe to share between threads.</summary>
internal abstract class InputFiller
{
    /// <summary>Bytes of the input for a batch of so many images.</summary>
    public abstract long Length(int batch);

    /// <summary>Fills what does not depend on an image.</summary>
    public virtual void Begin(in StepSeed step, Span<byte> input)
    {
    }

    /// <summary>Fills the rows of one image.</summary>
    public virtual void Fill(in BatchRow row, PlanarImage image, Span<byte> input)
    {
    }

    /// <summary>The filler of a recipe.</summary>
    /// <param name="channels">Channels of the images.</param>
    /// <exception cref="ArgumentException">The recipe makes no sense.</exception>
    public static InputFiller Of(BatchRecipe recipe, int channels) => recipe switch
    {
        ViewsInput views => new ViewFiller(views, channels),
        JigsawInput jigsaw => new JigsawFiller(jigsaw, channels),
        BlockMaskInput mask => new BlockMaskFiller(mask),
        ImageIdsInput => new ImageIdFiller(),
        RandomIdsInput ids => new RandomIdFiller(ids),
        _ => throw new NotSupportedException($"No input of a batch is filled as {recipe}."),
    };
}

/// <summary>What the random numbers of a step depend on.</summary>
internal readonly record struct StepSeed(ulong Seed, long Step);

/// <summary>An image's place in a batch.</summary>
/// <param name="Index">Which image of the set it is.</param>
/// <param name="Number">Its number for random streams: an image that an epoch draws twice has two.</param>
internal readonly record struct BatchRow(int Row, int Batch, ulong Seed, long Epoch, long Index, long Number);
