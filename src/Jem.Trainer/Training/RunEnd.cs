using Jem.Trainer.Collapse;
using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Training;

/// <summary>
/// What is left to do when a run ends: its encoder, its status and its last page. Whatever fails then, the first error is the one to tell of.
/// </summary>
internal sealed class RunEnd(RunFolder run, RunLog log, IRunObserver observer, CollapseMonitor collapse, ITrainingProgress progress)
{
    /// <summary>All steps are done, or no more are to be made.</summary>
    /// <param name="message">For the status; empty where all is as it should be.</param>
    /// <exception cref="TrainingException">What was learnt is saved, and the encoder cannot be written.</exception>
    public void Finished(string message)
    {
        try
        {
            Export();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException(
                $"Training is done and saved, and the encoder cannot be written: {error.Message} When that is mended, write it with: {run.ResumeCommand}",
                error);
        }

        var collapsed = collapse.Finding is { } finding ? $"collapsed: {finding.Brief}" : "";
        Note(RunStatus.Finished, string.Join("; ", new[] { message, collapsed }.Where(text => text.Length > 0)), exported: true);
    }

    /// <summary>The run was stopped by an error, which is told of by others.</summary>
    public void Stopped(Exception error)
    {
        // What was interrupted is saved, and worth an encoder.
        var exported = false;
        if (error is OperationCanceledException or CollapseException)
        {
            exported = Quietly(Export);
        }

        Quietly(() => Note(error is OperationCanceledException ? RunStatus.Interrupted : RunStatus.Failed, error.Message, exported));
    }

    private void Export() => EncoderExport.Write(EncoderSource.OfRun(run), run.Root);

    // Each is tried, whatever becomes of the others.
    private void Note(string state, string message, bool exported)
    {
        Quietly(() => log.Write(message.Length > 0 ? $"{state}: {message}" : state));
        Quietly(() => RunStatus.Write(run, state, run.Checkpoints.Steps is [.., var step] ? step : 0, message, collapse.Finding?.Text ?? ""));
        Quietly(() => observer.Ended(exported));
    }

    private bool Quietly(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception error)
        {
            progress.Warn(error.Message);
            return false;
        }
    }
}
