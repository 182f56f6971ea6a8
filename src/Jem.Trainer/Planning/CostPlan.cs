using Jem.Graphs.Methods;
using Jem.Trainer.Data.Loader;

namespace Jem.Trainer.Planning;

/// <summary>What a run costs.</summary>
/// <param name="CarriedBytes">Parameters, running statistics and the optimiser's state, in their two sets of buffers.</param>
/// <param name="PeakBytes">The largest memory of the process: measured over some steps and a snapshot, and the loader's buffers added.</param>
/// <param name="DiskBytes">All files, with one checkpoint more while it is written.</param>
/// <param name="StepSeconds">One step without its views, measured.</param>
/// <param name="ViewSeconds">The views of one step on one core, measured.</param>
/// <param name="Seconds">The whole run.</param>
public sealed record CostPlan(long CarriedBytes, long PeakBytes, long DiskBytes, double StepSeconds, double ViewSeconds, double Seconds)
{
    internal static CostPlan Of(TrainingProgram program, Measurement measured, long steps, long disk)
    {
        var carried = PlannedFile.Carried(program);
        return new CostPlan(
            2 * carried,
            measured.PeakBytes + (new ViewLoaderOptions().Depth * measured.BatchBytes),
            disk + carried,
            measured.StepSeconds,
            measured.ViewSeconds,
            steps * SecondsPerStep(measured.StepSeconds, measured.ViewSeconds, measured.OnHost, Environment.ProcessorCount, new ViewLoaderOptions().Workers));
    }

    /// <summary>
    /// Views are made while the step before runs. On the host's cores both share them, so their work adds up; elsewhere the slower of the
    /// two counts. Either way views are not made faster than the loader's threads make them.
    /// </summary>
    internal static double SecondsPerStep(double step, double views, bool onHost, int cores, int workers) =>
        Math.Max(step + (onHost ? views / cores : 0), views / workers);
}
