using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Jem.Embed.Vectors;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval;

/// <summary>What numpy and PyTorch made of a small problem (oracles/evaluation.py).</summary>
internal static class EvaluationOracle
{
    public static JsonNode Json { get; } = Load();

    public static LabelledVectors Bank { get; } = Vectors("bank", "labels");

    public static LabelledVectors Queries { get; } = Vectors("queries", "query_labels");

    public static float[] Floats(JsonNode rows) => [.. rows.AsArray().SelectMany(row => row!.AsArray()).Select(number => (float)(double)number!)];

    private static LabelledVectors Vectors(string name, string labels)
    {
        var rows = Json[name]!.AsArray();
        return new LabelledVectors(
            new VectorMatrix(Floats(rows), rows.Count, rows[0]!.AsArray().Count),
            [.. Json[labels]!.AsArray().Select(label => (int)label!)],
            (int)Json["classes"]!);
    }

    private static JsonNode Load([CallerFilePath] string here = "") =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "oracles", "evaluation.json")))!;
}
