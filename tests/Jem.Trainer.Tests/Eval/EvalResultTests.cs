using System.Text.Json.Nodes;
using Jem.Trainer.Eval;
using Jem.Trainer.Eval.Linear;
using Jem.Trainer.Eval.Neighbours;
using Spectre.Console;

namespace Jem.Trainer.Tests.Eval;

public sealed class EvalResultTests
{
    private static readonly EvalResult s_knn = new()
    {
        Encoder = "raw",
        Protocol = "knn",
        K = 20,
        Accuracy = 0.85,
        Distance = Distance.Cosine,
        Temperature = 0.1,
        Dimension = 784,
        JemVersion = "1.2.3",
    };

    private static readonly EvalResult[] s_results =
    [
        s_knn,
        s_knn with { Encoder = "trained", Accuracy = 0.875 },
        new() { Encoder = "trained", Protocol = "linear", LabelsPerClass = "all", Accuracy = 0.9 },
        new() { Encoder = "trained", Protocol = "linear", LabelsPerClass = 10, Accuracy = 0.75, Deviation = 0.0124 },
    ];

    [Test]
    public void Json_is_an_array_of_objects_that_say_all_one_needs_to_cite_them()
    {
        var expected = """
            [
              {
                "encoder": "raw", "protocol": "knn", "k": 20, "accuracy": 0.85, "distance": "cosine", "temperature": 0.1,
                "seed": 0, "encoder_sha256": null, "dimension": 784, "jem_version": "1.2.3"
              },
              {
                "encoder": "trained", "protocol": "linear", "labels_per_class": 10, "accuracy": 0.75, "deviation": 0.01,
                "solver": "sgd", "features": "standardized", "epochs": 100, "learning_rate": 0.1, "draws": 5,
                "seed": 7, "encoder_sha256": "ab12", "dimension": 512,
                "data": { "spec": "synthetic:shapes?n=5&size=8", "classes": 3, "bank": 5, "queries": 1, "leave_one_out": false,
                  "bank_fingerprint": "f1", "query_fingerprint": "f2" },
                "jem_version": "1.2.3"
              },
              {
                "encoder": "random", "protocol": "retrieval", "map": 0.5, "recall_at_1": 0.6, "recall_at_10": 0.7,
                "excluded_queries": 2, "distance": "euclidean",
                "seed": 0, "encoder_sha256": null, "dimension": 0, "jem_version": "1.2.3"
              }
            ]
            """;
        EvalResult[] results =
        [
            s_knn,
            new()
            {
                Encoder = "trained",
                Protocol = "linear",
                LabelsPerClass = 10,
                Accuracy = 0.75,
                Deviation = 0.01,
                Solver = Solver.Sgd,
                Features = "standardized",
                Epochs = 100,
                LearningRate = 0.1,
                Draws = 5,
                Seed = 7,
                EncoderSha256 = "ab12",
                Dimension = 512,
                Data = new("synthetic:shapes?n=5&size=8", 3, 5, 1, false, "f1", "f2"),
                JemVersion = "1.2.3",
            },
            new()
            {
                Encoder = "random",
                Protocol = "retrieval",
                Map = 0.5,
                RecallAt1 = 0.6,
                RecallAt10 = 0.7,
                ExcludedQueries = 2,
                Distance = Distance.Euclidean,
                JemVersion = "1.2.3",
            },
        ];
        Assert.That(EvalResult.ToJson(results).ToJsonString(), Is.EqualTo(JsonNode.Parse(expected)!.ToJsonString()));
    }

    [Test]
    public void The_table_has_a_row_per_encoder_and_a_column_per_protocol()
    {
        var lines = Lines(80, s_results);
        Assert.That(lines, Has.Some.EqualTo("kNN k=20 linear, all labels linear, 10 per class"));
        Assert.That(lines, Has.Some.EqualTo("raw pixels 0.850"));
        Assert.That(lines, Has.Some.EqualTo("trained encoder 0.875 0.900 0.750 ± 0.012"));
    }

    [Test]
    public void A_table_that_is_too_wide_is_turned()
    {
        var few = s_results[^1] with { Solver = Solver.Sgd };
        var retrieval = new EvalResult { Encoder = "trained", Protocol = "retrieval", Map = 0.1, RecallAt1 = 0.2, RecallAt10 = 0.3 };
        var lines = Lines(80, [.. s_results, few, few with { LabelsPerClass = 100 }, retrieval]);
        Assert.That(lines, Has.Some.EqualTo("raw pixels trained encoder"));
        Assert.That(lines, Has.Some.EqualTo("kNN k=20 0.850 0.875"));
        Assert.That(lines, Has.Some.EqualTo("linear SGD, 100 per class 0.750 ± 0.012"));
        Assert.That(lines, Has.Some.EqualTo("R@10 0.300"));
    }

    private static List<string> Lines(int width, EvalResult[] results)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        console.Write(EvalTable.Of(results, width));
        return [.. text.ToString().Split('\n').Select(line => string.Join(' ', line.Split([' ', '│', '|'], StringSplitOptions.RemoveEmptyEntries)))];
    }
}
