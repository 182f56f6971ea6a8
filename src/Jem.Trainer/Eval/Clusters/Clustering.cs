namespace Jem.Trainer.Eval.Clusters;

/// <summary>The images of one prototype.</summary>
/// <param name="Prototype">Its number, from 0.</param>
/// <param name="Class">What few labels made of it.</param>
/// <param name="Images">Rows, those of the highest score first.</param>
/// <param name="Labelled">How many labelled images are among them.</param>
/// <param name="Counts">How many images of each class are among them, by class; the most frequent first.</param>
internal sealed record Cluster(int Prototype, int Class, IReadOnlyList<int> Images, int Labelled, IReadOnlyList<KeyValuePair<int, int>> Counts)
{
    /// <summary>How many of its images are of the class that few labels made of it.</summary>
    public int Right => Counts.FirstOrDefault(count => count.Key == Class).Value;

    /// <summary>The share of its most frequent class.</summary>
    public double Purity => (double)Counts[0].Value / Images.Count;
}

/// <summary>How well some images of a class were recognised.</summary>
/// <param name="Images">Those whose labels were not used.</param>
internal sealed record ClassAccuracy(int Class, int Images, double Accuracy);

/// <summary>What prototypes with classes are worth.</summary>
/// <param name="Clusters">Prototypes that have images, the largest first.</param>
/// <param name="Classes">Each class that has images.</param>
/// <param name="Accuracy">Over the images whose labels were not used.</param>
/// <param name="Chance">Over the same images, if all were said to be of the most frequent class.</param>
/// <param name="Purity">The share of all images that have the most frequent class of their cluster.</param>
internal sealed record Clustering(IReadOnlyList<Cluster> Clusters, IReadOnlyList<ClassAccuracy> Classes, double Accuracy, double Chance, double Purity)
{
    /// <param name="labels">The class of each image.</param>
    /// <param name="labelled">Rows of the images whose labels are used.</param>
    public static Clustering Of(Assignment assignment, int[] labels, IReadOnlyCollection<int> labelled)
    {
        var (classes, labelledOn) = PrototypeClasses.Of(assignment.Labelled);
        var clusters = Enumerable.Range(0, labels.Length).GroupBy(image => assignment.Prototypes[image])
            .Select(images => new Cluster(
                images.Key,
                classes[images.Key],
                [.. images.OrderByDescending(image => assignment.Scores[image])],
                labelledOn[images.Key],
                [.. images.CountBy(image => labels[image]).OrderByDescending(count => count.Value).ThenBy(count => count.Key)]))
            .OrderByDescending(cluster => cluster.Images.Count).ThenBy(cluster => cluster.Prototype).ToList();
        var measured = Enumerable.Range(0, labels.Length).Except(labelled).ToList();
        double Accuracy(IEnumerable<int> images) => images.Average(image => classes[assignment.Prototypes[image]] == labels[image] ? 1.0 : 0.0);
        return new Clustering(
            clusters,
            [.. measured.GroupBy(image => labels[image])
                .OrderBy(images => images.Key)
                .Select(images => new ClassAccuracy(images.Key, images.Count(), Accuracy(images)))],
            Accuracy(measured),
            (double)measured.CountBy(image => labels[image]).Max(count => count.Value) / measured.Count,
            (double)clusters.Sum(cluster => cluster.Counts[0].Value) / labels.Length);
    }
}
