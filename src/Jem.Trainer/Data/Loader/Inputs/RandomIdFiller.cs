using System.Runtime.InteropServices;
using Jem.Graphs.Programs;
using Jem.Graphs.Seeding;

namespace Jem.Trainer.Data.Loader.Inputs;

/// <summary>Images drawn uniformly at each step, such as the negatives of a memory bank.</summary>
internal sealed class RandomIdFiller(RandomIdsInput input) : InputFiller
{
    private static readonly ulong s_stream = SeededRandom.Hash("random ids");

    public override long Length(int batch) => (long)input.Count * sizeof(long);

    public override void Begin(in StepSeed step, Span<byte> ids)
    {
        var random = new SeededRandom(step.Seed, s_stream, (ulong)step.Step);
        foreach (ref var id in MemoryMarshal.Cast<byte, long>(ids))
        {
            id = random.NextInt(input.Images);
        }
    }
}
