using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Trainer.Collapse;
using Jem.Trainer.Data.Loader;
using Jem.Trainer.Runs;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Training;

/// <summary>The step itself: batch and scalars in, figures out, each by what it means.</summary>
/// <param name="loader">Starts at the step of the checkpoint that the runner was restored to.</param>
/// <param name="schedules">How each scalar moves.</param>
/// <param name="steps">The length of the run by which a step follows them, from the steps done before it.</param>
internal sealed class ProgramStep(StepRunner runner, ViewLoader loader, IReadOnlyDictionary<string, ScheduleRecipe> schedules, Func<long, long> steps)
{
    private readonly string _loss = runner.Stage.Output(Meaning.Loss).Name;
    private readonly string _embedding = runner.Stage.Output(Meaning.Embedding).Name;
    private readonly string? _rate = runner.Stage.Inputs.FirstOrDefault(input => input.Means == Meaning.LearningRate)?.Name;
    private readonly string[] _figures = [.. runner.Stage.Outputs
        .Where(output => output is { Role: Role.Metric, Dtype: "float32" } && output.Shape.All(dimension => dimension == 1)).Select(output => output.Name)];

    public double Loss => runner.Metric(_loss)[0];

    /// <summary>D of the embeddings.</summary>
    public int Dimension => (int)runner.MetricShape(_embedding)[1];

    public double Epoch(long step) => (double)step / loader.StepsPerEpoch;

    /// <summary>The rate at which a step was made; NaN where no scalar means it.</summary>
    /// <param name="step">Counted from 1.</param>
    public double LearningRate(long step) => _rate is not null && schedules.TryGetValue(_rate, out var recipe) ? At(recipe, step - 1) : double.NaN;

    /// <summary>The scalars that are switched on from a step on.</summary>
    /// <param name="step">Counted from 1.</param>
    public IEnumerable<string> SwitchedOn(long step) => schedules
        .Where(schedule => schedule.Value is SwitchSchedule && step > 1 && At(schedule.Value, step - 2) == 0 && At(schedule.Value, step - 1) == 1)
        .Select(schedule => schedule.Key);

    /// <summary>Makes a step, or on a GPU begins to.</summary>
    /// <param name="done">Steps done before.</param>
    /// <returns>What is not finite, of this step or on a GPU of the one before; null where all is well.</returns>
    public string? Make(long done)
    {
        using (var batch = loader.Next(CancellationToken.None))
        {
            foreach (var input in batch.Inputs)
            {
                batch[input].CopyTo(runner.Batch(input));
            }

            foreach (var (name, recipe) in schedules)
            {
                runner.SetScalar(name, At(recipe, done));
            }

            runner.Step();
        }

        return Broken(done + 1, runner.Lag);
    }

    /// <summary>Waits for the last step.</summary>
    /// <param name="done">Steps done with it.</param>
    /// <returns>What is not finite; null where all is well.</returns>
    public string? Finish(long done) => Broken(done, ago: 0);

    /// <summary>What the embeddings of the last step show.</summary>
    public EmbeddingStatistics Embeddings()
    {
        var shape = runner.MetricShape(_embedding);
        return EmbeddingStatistics.Of(runner.Metric(_embedding), (int)shape[0], (int)shape[1]);
    }

    /// <summary>What the program computed and was given at the last step, by the names of <c>metrics.jsonl</c>.</summary>
    /// <param name="step">Counted from 1.</param>
    public IEnumerable<(string Name, double Value)> Figures(long step) => _figures
        .Select(name => (name == _loss ? MetricNames.Loss : name, (double)runner.Metric(name)[0]))
        .Concat(schedules.Select(schedule => (schedule.Key == _rate ? MetricNames.LearningRate : schedule.Key, At(schedule.Value, step - 1))));

    private double At(ScheduleRecipe recipe, long done) => recipe.ValueAt(done, new RunLength(steps(done), loader.StepsPerEpoch));

    private string? Broken(long last, int ago)
    {
        float Value(string name) => runner.ScalarMetric(name, ago);
        var broken = _figures.Where(name => !float.IsFinite(Value(name))).ToList();
        if (broken.Count == 0)
        {
            return null;
        }

        var terms = broken.Where(name => name != _loss).Select(name => $"'{name}' is {Value(name)}").ToList();
        return $"The loss is {Value(_loss)} at step {last - ago}{(terms.Count > 0 ? $": its term {string.Join(", ", terms)}" : "")}.";
    }
}
