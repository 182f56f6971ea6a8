using System.Diagnostics;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Imaging.Files;
using Jem.Trainer.Runs;
using Jem.Trainer.State;

namespace Jem.Trainer.Training;

/// <summary>Saves what was learnt, knows what is saved, and says so when something goes wrong.</summary>
/// <param name="weights">Those of now.</param>
/// <param name="identity">What determines the run's bytes after so many steps.</param>
/// <param name="from">The checkpoint that the run was taken up from; null begins.</param>
internal sealed class CheckpointKeeper(
    RunFolder run,
    Func<IReadOnlyList<NamedTensor>> weights,
    Func<long, JsonObject> identity,
    RunSettings settings,
    TimeSpan every,
    Checkpoint? from,
    IRunObserver observer)
{
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private (long Step, KnnRecord Knn) _saved = (from?.Step ?? 0, from?.Knn ?? new KnnRecord());

    /// <summary>Whether it is time for a checkpoint, by steps or because they are slow.</summary>
    public bool IsDue(long done) => done % settings.CheckpointEvery == 0 || _since.Elapsed >= every;

    /// <summary>Whether a checkpoint holds what the checks have shown.</summary>
    public bool Holds(KnnRecord knn) => knn == _saved.Knn;

    /// <summary>Saves a step, unless it is saved already.</summary>
    /// <exception cref="TrainingException">A weight is not finite, or the checkpoint cannot be written; the one before is still there.</exception>
    public void Save(long done, KnnRecord knn)
    {
        if ((done, knn) == _saved)
        {
            return;
        }

        var tensors = weights();
        if (tensors.FirstOrDefault(tensor => tensor.Type == DType.Float && !TensorPrimitives.IsFiniteAll(tensor.Floats)) is { } broken)
        {
            throw Diverged($"'{broken.Name}' is not finite after step {done}.");
        }

        var checkpoint = new Checkpoint(done, identity(done), knn, tensors);
        try
        {
            run.Checkpoints.Save(checkpoint, settings.Keep);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failed(done, error);
        }

        _saved = (done, knn);
        _since.Restart();
        observer.Saved(checkpoint);
    }

    /// <summary>Saves a step after something went wrong, if that can be done: the first error is the one to tell of, whatever comes then.</summary>
    public void TrySave(long done, KnnRecord knn)
    {
        try
        {
            Save(done, knn);
        }
        catch (Exception)
        {
            // The message of the first error names the last checkpoint that there is.
        }
    }

    /// <summary>What stopped the run, with what is saved and the command that goes on.</summary>
    public TrainingException Failed(long done, Exception error) => error is IOException full && Disk.IsFull(full)
        ? new TrainingException($"The disk is full at step {done}: {error.Message}. {SavedText} Make room, then go on with: {run.ResumeCommand}", error)
        : new TrainingException($"{error.Message} {SavedText} When that is mended, go on with: {run.ResumeCommand}", error);

    /// <summary>Numbers have left the range of floating point.</summary>
    public TrainingException Diverged(string what) => new(
        $"{what} {SavedText} Try a lower learning rate (--set optimizer.learning_rate=…), a longer warm-up (--set optimizer.warmup_epochs=…), or --set "
            + "optimizer.clip=1.");

    private string SavedText => _saved.Step > 0
        ? $"The last good checkpoint, of step {_saved.Step}, is {run.Checkpoints.FileOf(_saved.Step)}."
        : "There is no checkpoint yet.";
}
