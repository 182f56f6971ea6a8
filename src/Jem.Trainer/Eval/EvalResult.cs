using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jem.Trainer.Eval;

/// <summary>One measured accuracy.</summary>
/// <param name="Encoder"><c>trained</c>, <c>random</c> (the same network before training) or <c>raw</c> (the pixels themselves).</param>
/// <param name="Protocol"><c>knn</c> or <c>linear</c>.</param>
/// <param name="K">kNN: neighbours that vote.</param>
/// <param name="LabelsPerClass">Linear: <c>all</c>, or the number of labelled images per class.</param>
/// <param name="Accuracy">Of the test images, 0 to 1; with few labels the mean over the draws.</param>
/// <param name="Deviation">Standard deviation over the draws, where there are several; for the table, not the JSON.</param>
public sealed record EvalResult(
    string Encoder,
    string Protocol,
    int? K,
    string? LabelsPerClass,
    double Accuracy,
    double? Deviation = null)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>The heading under which it stands in a table.</summary>
    public string Column => Protocol == "knn" ? $"kNN k={K}" : $"linear, {LabelsPerClass} labels{(LabelsPerClass == "all" ? "" : " per class")}";

    /// <summary>
    /// An array of objects with the keys <c>encoder</c>, <c>protocol</c>, <c>k</c> (kNN) or <c>labels_per_class</c>
    /// (linear: <c>"all"</c> or a number) and <c>accuracy</c>.
    /// </summary>
    public static string ToJson(IEnumerable<EvalResult> results) =>
        new JsonArray([.. results.Select(result => (JsonNode)result.ToJson())]).ToJsonString(s_json);

    private JsonObject ToJson() => new()
    {
        ["encoder"] = Encoder,
        ["protocol"] = Protocol,
        [K is null ? "labels_per_class" : "k"] = K is { } k ? k : int.TryParse(LabelsPerClass, out var labels) ? labels : LabelsPerClass,
        ["accuracy"] = Accuracy,
    };
}
