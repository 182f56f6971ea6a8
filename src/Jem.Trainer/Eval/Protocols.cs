namespace Jem.Trainer.Eval;

/// <summary>The measurements that <c>jem eval</c> makes, with the settings that others report.</summary>
public static class Protocols
{
    /// <summary>Neighbours: 20 and 200.</summary>
    public static IReadOnlyList<int> Neighbours { get; } = [20, 200];

    public const double Temperature = 0.1;

    private const int FewLabels = 10;
    private const int Draws = 5;

    public static IEnumerable<EvalResult> Knn(string encoder, LabelledVectors train, LabelledVectors test) =>
        Neighbours.Zip(KnnClassifier.Accuracies(train, test, Neighbours, Temperature), (k, accuracy) => new EvalResult(encoder, "knn", k, null, accuracy));

    public static IEnumerable<EvalResult> Linear(string encoder, LabelledVectors train, LabelledVectors test, ulong seed)
    {
        yield return new EvalResult(encoder, "linear", null, "all", LinearProbe.Accuracy(train, test));

        // A class with fewer images than that gives what it has.
        var few = Math.Min(FewLabels, train.Labels.GroupBy(label => label).Min(rows => rows.Count()));
        var (mean, deviation) = LinearProbe.FewLabels(train, test, few, Draws, seed);
        yield return new EvalResult(encoder, "linear", null, few.ToString(), mean, deviation);
    }
}
