using System.Text.Json.Nodes;
using Jem.Trainer.Eval;
using Spectre.Console;

namespace Jem.Trainer.Tests.Eval;

public sealed class EvalResultTests
{
    private static readonly EvalResult[] s_results =
    [
        new("raw", "knn", 20, null, 0.85),
        new("trained", "knn", 20, null, 0.875),
        new("trained", "linear", null, "all", 0.9),
        new("trained", "linear", null, "10", 0.75, 0.0124),
    ];

    [Test]
    public void Json_is_an_array_of_objects_with_exactly_these_keys()
    {
        var expected = """
            [
              { "encoder": "raw", "protocol": "knn", "k": 20, "accuracy": 0.85 },
              { "encoder": "trained", "protocol": "knn", "k": 20, "accuracy": 0.875 },
              { "encoder": "trained", "protocol": "linear", "labels_per_class": "all", "accuracy": 0.9 },
              { "encoder": "trained", "protocol": "linear", "labels_per_class": 10, "accuracy": 0.75 }
            ]
            """;
        Assert.That(JsonNode.Parse(EvalResult.ToJson(s_results))!.ToJsonString(), Is.EqualTo(JsonNode.Parse(expected)!.ToJsonString()));
    }

    [Test]
    public void The_table_has_a_row_per_encoder_and_a_column_per_protocol()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 120;
        console.Write(EvalTable.Of(s_results));
        var lines = text.ToString().Split('\n').Select(line => string.Join(' ', line.Split([' ', '│', '|'], StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.That(lines, Has.Some.EqualTo("kNN k=20 linear, all labels linear, 10 labels per class"));
        Assert.That(lines, Has.Some.EqualTo("raw pixels 0.850"));
        Assert.That(lines, Has.Some.EqualTo("trained encoder 0.875 0.900 0.750 ± 0.012"));
    }
}
