using Jem.Imaging;

namespace Jem.Trainer.Data.Loader.Inputs;

/// <summary>
/// Fills one batch input of a program, image by image. Safe to share between threads. What it writes depends on its arguments alone, so that
/// a run that was interrupted goes on with the same bytes: random numbers come from a <see cref="Jem.Graphs.Seeding.SeededRandom"/> with the
/// seed, the epoch and the number of the row, or the step.
/// </summary>
public abstract class InputFiller
{
    /// <summary>Bytes of the input for a batch of so many images.</summary>
    /// <param name="batch">Images of the batch, ≥ 1.</param>
    public abstract long Length(int batch);

    /// <summary>Fills what does not depend on an image, before the rows of the step. By default nothing.</summary>
    /// <param name="step">What its random numbers depend on.</param>
    /// <param name="input">The bytes of the whole input, little-endian, row-major. They hold what another step left there.</param>
    public virtual void Begin(in StepSeed step, Span<byte> input)
    {
    }

    /// <summary>Fills the rows of one image. By default nothing. Several images of a batch are filled at the same time.</summary>
    /// <param name="row">The image's place in the batch, and what its random numbers depend on.</param>
    /// <param name="image">As the data have it, of any size.</param>
    /// <param name="input">The bytes of the whole input, of which this call writes those of its row.</param>
    public virtual void Fill(in BatchRow row, PlanarImage image, Span<byte> input)
    {
    }
}

/// <summary>What the random numbers of a step depend on.</summary>
/// <param name="Seed">Of the run.</param>
/// <param name="Step">From 0.</param>
public readonly record struct StepSeed(ulong Seed, long Step);

/// <summary>An image's place in a batch.</summary>
/// <param name="Row">From 0 to <paramref name="Batch"/> − 1.</param>
/// <param name="Batch">Images of the batch.</param>
/// <param name="Seed">Of the run.</param>
/// <param name="Epoch">From 0.</param>
/// <param name="Index">Which image of the set it is.</param>
/// <param name="Number">Its number for random streams: an image that an epoch draws twice has two.</param>
public readonly record struct BatchRow(int Row, int Batch, ulong Seed, long Epoch, long Index, long Number);
