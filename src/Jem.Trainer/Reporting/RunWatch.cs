using Jem.Trainer.Data;
using Jem.Trainer.Reporting.TensorBoard;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Reporting;

/// <summary>Whoever shows a run while it goes on: TensorBoard's event file and the run's page.</summary>
public static class RunWatch
{
    /// <param name="images">What the run trains on.</param>
    /// <param name="cancellation">Of the run: a page that is being made is left then.</param>
    public static IReadOnlyList<IRunObserver> Of(RunFolder run, IImageSet images, CancellationToken cancellation) =>
        [new TensorBoardObserver(run.TensorBoard), new ReportObserver(new RunReport(run, images, run.ReadProgram().Seed), cancellation)];
}
