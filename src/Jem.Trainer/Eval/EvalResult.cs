using System.Text.Json;
using System.Text.Json.Serialization;

namespace Jem.Trainer.Eval;

/// <summary>One measured accuracy.</summary>
/// <param name="Encoder"><c>trained</c>, <c>random</c> (the same network before training) or <c>raw</c> (the pixels themselves).</param>
/// <param name="Protocol"><c>knn</c> or <c>linear</c>.</param>
/// <param name="K">kNN: neighbours that vote.</param>
/// <param name="LabelsPerClass">Linear: <c>all</c>, or the number of labelled images per class.</param>
/// <param name="Accuracy">Of the test images, 0 to 1; with few labels the mean over the draws.</param>
/// <param name="Deviation">Standard deviation over the draws, where there are several.</param>
public sealed record EvalResult(
    string Encoder,
    string Protocol,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? K,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LabelsPerClass,
    double Accuracy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Deviation = null)
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>The heading under which it stands in a table.</summary>
    [JsonIgnore]
    public string Column => Protocol == "knn" ? $"kNN k={K}" : $"linear, {LabelsPerClass} labels{(LabelsPerClass == "all" ? "" : " per class")}";

    public static string ToJson(IEnumerable<EvalResult> results) => JsonSerializer.Serialize(results, s_json);
}
