using System.Text.Json.Nodes;
using Jem.Trainer.Data;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Jem.Trainer.Eval.Clusters;

/// <summary>What was clustered, and by what.</summary>
/// <param name="Prototypes">K: all, also those without images.</param>
/// <param name="Step">The step after which the weights were taken.</param>
/// <param name="Labels">Labelled images per class.</param>
internal sealed record ClusterFacts(string Method, int Prototypes, long Step, int Labels, ulong Seed, string Spec, DataSplit Split);

/// <summary>Clusters as a person and as a script read them.</summary>
internal static class ClusterReport
{
    private const int Shown = 10;

    /// <summary>All clusters, with all that is needed to cite the accuracy.</summary>
    /// <param name="sheets">The pictures of the clusters, by prototype.</param>
    public static JsonObject Json(Clustering clustering, ClusterFacts facts, IImageSet images, IReadOnlyDictionary<int, string> sheets) => new()
    {
        ["method"] = facts.Method,
        ["step"] = facts.Step,
        ["data"] = new JsonObject
        {
            ["spec"] = facts.Spec,
            ["split"] = facts.Split.ToString().ToLowerInvariant(),
            ["images"] = images.Count,
            ["fingerprint"] = images.Fingerprint,
        },
        ["labels_per_class"] = facts.Labels,
        ["seed"] = facts.Seed,
        ["measured_images"] = clustering.Classes.Sum(one => one.Images),
        ["accuracy"] = clustering.Accuracy,
        ["chance"] = clustering.Chance,
        ["purity"] = clustering.Purity,
        ["classes"] = new JsonArray([.. clustering.Classes.Select(one => new JsonObject
        {
            ["class"] = images.ClassNames[one.Class],
            ["measured_images"] = one.Images,
            ["accuracy"] = one.Accuracy,
        })]),
        ["prototypes"] = facts.Prototypes,
        ["used_prototypes"] = clustering.Clusters.Count,
        ["clusters"] = new JsonArray([.. clustering.Clusters.Select(cluster => new JsonObject
        {
            ["prototype"] = cluster.Prototype,
            ["class"] = images.ClassNames[cluster.Class],
            ["size"] = cluster.Images.Count,
            ["labelled"] = cluster.Labelled,
            ["purity"] = cluster.Purity,
            ["counts"] = new JsonObject(cluster.Counts.Select(count => KeyValuePair.Create<string, JsonNode?>(images.ClassNames[count.Key], count.Value))),
            ["sheet"] = sheets.GetValueOrDefault(cluster.Prototype),
        })]),
        ["jem_version"] = typeof(ClusterReport).Assembly.GetName().Version!.ToString(3),
    };

    /// <summary>The largest clusters, the classes, and the accuracy.</summary>
    public static IRenderable Table(Clustering clustering, ClusterFacts facts, IImageSet images)
    {
        var (used, sizes) = (clustering.Clusters.Count, clustering.Clusters.Select(cluster => cluster.Images.Count).ToList());
        var clusters = Columns("prototype", "class", "images", "labelled", "purity");
        foreach (var cluster in clustering.Clusters.Take(Shown))
        {
            clusters.AddRow(
                $"{cluster.Prototype}",
                Markup.Escape(images.ClassNames[cluster.Class]),
                $"{cluster.Images.Count:N0}",
                $"{cluster.Labelled:N0}",
                $"{cluster.Purity:F3}");
        }

        var classes = Columns("", "class", "images", "accuracy");
        foreach (var one in clustering.Classes)
        {
            classes.AddRow("", Markup.Escape(images.ClassNames[one.Class]), $"{one.Images:N0}", $"{one.Accuracy:F3}");
        }

        var inUse = $"{used:N0} of {facts.Prototypes:N0} prototypes in use, {sizes[^1]:N0} to {sizes[0]:N0} images each, purity {clustering.Purity:F3}";
        var measured = $"Accuracy {clustering.Accuracy:F3} over {clustering.Classes.Sum(one => one.Images):N0} images";
        return new Rows(
            new Text($"{inUse}{(used > Shown ? $"; the {Shown} largest" : "")}:"),
            clusters,
            classes,
            new Text($"{measured}, with {facts.Labels:N0} labelled per class; chance {clustering.Chance:F3}."));
    }

    private static Table Columns(params string[] heads)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var head in heads)
        {
            table.AddColumn(head == "class" ? new TableColumn(head) : new TableColumn(head).RightAligned());
        }

        return table;
    }
}
