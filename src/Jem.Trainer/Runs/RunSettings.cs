using Jem.Trainer.Configuration;

namespace Jem.Trainer.Runs;

/// <summary>How a run is kept. None of it changes what is learnt at a step; a resumed run may have others.</summary>
public sealed record RunSettings
{
    /// <summary>Steps between checkpoints, ≥ 1; slow steps have more of them, and the last step always one.</summary>
    public long CheckpointEvery { get; init; } = 1000;

    /// <summary>How many of the newest checkpoints are kept, ≥ 1; the best by nearest neighbours stays besides.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>Steps between checks by nearest neighbours; 0 makes none.</summary>
    public long KnnEvery { get; init; }

    /// <summary>Checks without a better accuracy after which the run stops; 0 never stops it.</summary>
    public int Patience { get; init; }

    /// <summary>Whether the run stops as soon as its embeddings have collapsed. A run that is resumed while collapsed stops at once.</summary>
    public bool StopOnCollapse { get; init; }

    /// <exception cref="UsageException">A number is out of its range.</exception>
    public RunSettings Checked()
    {
        Require(CheckpointEvery >= 1, "--checkpoint-every", CheckpointEvery, "at least 1");
        Require(Keep >= 1, "--keep", Keep, "at least 1");
        Require(KnnEvery >= 0, "--knn-every", KnnEvery, "at least 0 (0 makes no checks)");
        Require(Patience >= 0, "--patience", Patience, "at least 0 (0 never stops early)");
        Require(Patience == 0 || KnnEvery > 0, "--patience", Patience, "0 without --knn-every: it counts its checks");
        return this;
    }

    private static void Require(bool valid, string flag, long value, string expected)
    {
        if (!valid)
        {
            throw new UsageException($"{flag} is {value}; expected {expected}.");
        }
    }
}
