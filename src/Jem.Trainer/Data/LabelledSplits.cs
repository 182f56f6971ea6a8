namespace Jem.Trainer.Data;

/// <summary>The labelled images that a measurement needs: a bank to learn from and images to ask about.</summary>
public static class LabelledSplits
{
    /// <summary>Opens both splits.</summary>
    /// <exception cref="DataException">There is no such split, or <see cref="Check"/> fails.</exception>
    public static (IImageSet Train, IImageSet Test) Open(DataSpec spec, DataOpening? opening = null)
    {
        var (train, test) = (DataSets.Open(spec, DataSplit.Train, opening), DataSets.Open(spec, DataSplit.Test, opening));
        Check(spec, train, test);
        return (train, test);
    }

    /// <summary>Whether classes can be told apart at all.</summary>
    /// <exception cref="DataException">A split has no labels, or there is one class only.</exception>
    public static void Check(DataSpec spec, IImageSet train, IImageSet test)
    {
        foreach (var (images, split) in new[] { (train, "train"), (test, "test") })
        {
            if (images.Labels is null)
            {
                throw new DataException($"Evaluation needs labels, and the {split} split of {spec} has none: {Advice(spec)}");
            }
        }

        var classes = train.Labels!.Distinct().ToList();
        if (classes.Count == 1)
        {
            throw new DataException($"All {train.Count:N0} training images of {spec} are of one class, '{train.ClassNames[classes[0]]}': any encoder would be right. Evaluation needs two classes or more.");
        }
    }

    private static string Advice(DataSpec spec) => spec.Kind.Name switch
    {
        "folder" => $"give {spec.Argument} a sub-folder per class, and leave out classes=0.",
        "list" => "write each image's class after its path and a tab or comma.",
        DataKinds.Mixture => "every part must be labelled, and one of them must have all names of classes. Name one part alone.",
        _ => "the file of labels is missing.",
    };
}
