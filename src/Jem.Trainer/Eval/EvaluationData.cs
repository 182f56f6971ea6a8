using Jem.Trainer.Data;

namespace Jem.Trainer.Eval;

/// <summary>The images of a measurement.</summary>
/// <param name="Spec">The data as a person names them.</param>
/// <param name="Bank">The train split: it is searched, and probes are fitted to it.</param>
/// <param name="Queries">The test split: it asks. The same object as <paramref name="Bank"/> where there is one split: each image then asks all others.</param>
public sealed record EvaluationData(string Spec, IImageSet Bank, IImageSet Queries)
{
    /// <summary>One split: no image may find itself.</summary>
    public bool LeaveOneOut => ReferenceEquals(Bank, Queries);

    /// <summary>Opens both splits; data with one split only serve kNN, retrieval and rank.</summary>
    /// <exception cref="DataException">There is no such data, or no test split although a protocol needs one.</exception>
    public static EvaluationData Open(DataSpec spec, EvaluationOptions options, DataOpening? opening = null)
    {
        var bank = DataSets.Open(spec, DataSplit.Train, opening);
        var withinOne = options.Protocols.All(protocol => protocol is Protocol.Knn or Protocol.Retrieval or Protocol.Rank);
        var together = withinOne && !DataSets.HasSplit(spec, DataSplit.Test);
        try
        {
            return new EvaluationData(spec.ToString(), bank, together ? bank : DataSets.Open(spec, DataSplit.Test, opening));
        }
        catch (DataException error) when (!DataSets.HasSplit(spec, DataSplit.Test))
        {
            var within = bank.Labels is null
                ? "Without labels and a test split the directions in use can be measured: --protocol rank."
                : "Or measure within the one split, each image asking all others: --protocol knn,retrieval,rank.";
            throw new DataException($"{error.Message} {within}", error);
        }
    }

    /// <summary>Finds out before anything is embedded whether the images allow the protocols.</summary>
    /// <exception cref="DataException">They do not; the message says which class or split is the matter.</exception>
    public void Check(EvaluationOptions options)
    {
        if (!options.NeedsLabels)
        {
            RequireImages(Queries, "images");
            return;
        }

        RequireClasses(Bank, "training images");
        RequireLabels(Queries, "test images");
        var (inBank, inQueries) = (CountByClass(Bank), CountByClass(Queries));
        var missing = inQueries.Keys.Where(label => !inBank.ContainsKey(label)).Order().ToList();
        if (missing.Count > 0 && options.Protocols.Any(protocol => protocol != Protocol.Retrieval))
        {
            var one = missing.Count == 1;
            throw new DataException(
                $"{missing.Count} class{(one ? "" : "es")} of the test split ({Names(missing)}) {(one ? "has" : "have")} no training image, "
                + $"so no one could recognise {(one ? "it" : "them")}. "
                + "Add some to the train split, or take the class out of the test split; --protocol retrieval leaves such queries out by itself.");
        }

        if (LeaveOneOut ? inBank.Values.All(count => count < 2) : missing.Count == inQueries.Count)
        {
            throw new DataException(
                $"No query has another image of its class among the {Bank.Count} that are searched, so there is nothing to find. "
                + "Retrieval needs two images or more of a class or instance.");
        }

        var smallest = inBank.MinBy(pair => pair.Value);
        if (options.Asks(Protocol.Few) && options.ExactLabels && options.LabelsPerClass.Max() > smallest.Value)
        {
            throw new DataException(
                $"--labels-per-class {options.LabelsPerClass.Max()}: the class '{Bank.ClassNames[smallest.Key]}' has {smallest.Value} training "
                + $"image{(smallest.Value == 1 ? "" : "s")}. Ask for {smallest.Value} at the most.");
        }
    }

    /// <summary>Images of the smallest class that has any.</summary>
    public int SmallestClass() => CountByClass(Bank).Values.Min();

    private static void RequireImages(IImageSet images, string what)
    {
        if (images.Count == 0)
        {
            throw new DataException($"There are no {what}: {images.Provenance}.");
        }
    }

    internal static void RequireLabels(IImageSet images, string what)
    {
        RequireImages(images, what);
        if (images.Labels is null)
        {
            throw new DataException(
                $"The {what} have no labels ({images.Provenance}), and every protocol but rank needs to know which belong together. "
                + "Put the images of a class – or of an instance, for retrieval – into a sub-folder of its own. "
                + "Without labels, `jem-embed gallery` shows neighbours to look at.");
        }
    }

    internal static void RequireClasses(IImageSet images, string what)
    {
        RequireLabels(images, what);
        if (CountByClass(images) is { Count: 1 } one)
        {
            throw new DataException(
                $"All {images.Count} {what} are of one class, '{images.ClassNames[one.Keys.Single()]}': whatever the encoder, every answer would be right. "
                + "Give two classes or more.");
        }
    }

    private static Dictionary<int, int> CountByClass(IImageSet images) => images.Labels!.CountBy(label => label).ToDictionary();

    private string Names(List<int> labels) =>
        string.Join(", ", labels.Take(3).Select(label => $"'{Queries.ClassNames[label]}'")) + (labels.Count > 3 ? ", …" : "");
}
