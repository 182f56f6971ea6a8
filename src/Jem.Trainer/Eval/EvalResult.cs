using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Jem.Trainer.Eval.Linear;
using Jem.Trainer.Eval.Neighbours;

namespace Jem.Trainer.Eval;

/// <summary>
/// One measurement with all that one needs to cite it. Its properties are the keys of the JSON, in snake case; what does not apply is left out.
/// </summary>
public sealed record EvalResult
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary><c>trained</c>, <c>random</c> (the same network before training) or <c>raw</c> (the pixels themselves).</summary>
    public required string Encoder { get; init; }

    /// <summary><c>knn</c>, <c>linear</c>, <c>retrieval</c> or <c>rank</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>kNN: neighbours that vote.</summary>
    public int? K { get; init; }

    /// <summary>Linear: the text <c>all</c>, or the number of labelled images per class.</summary>
    public object? LabelsPerClass { get; init; }

    /// <summary>kNN and linear: of the queries, 0 to 1; with few labels the mean over the draws.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Few labels: the standard deviation (of a sample) over the draws. Rank: that of the unit vectors, averaged over the dimensions.</summary>
    public double? Deviation { get; init; }

    /// <summary>Retrieval: mean average precision over all ranks.</summary>
    public double? Map { get; init; }

    /// <summary>Retrieval: the share of queries whose nearest image is relevant.</summary>
    [JsonPropertyName("recall_at_1")]
    public double? RecallAt1 { get; init; }

    /// <summary>Retrieval: the share of queries with a relevant image among the ten nearest.</summary>
    [JsonPropertyName("recall_at_10")]
    public double? RecallAt10 { get; init; }

    /// <summary>Rank: RankMe (arXiv:2210.02885) of the queries at unit length, at most D.</summary>
    public double? EffectiveRank { get; init; }

    /// <summary>Retrieval: queries left out, because the bank has no image of their class.</summary>
    public int? ExcludedQueries { get; init; }

    /// <summary>kNN and retrieval.</summary>
    public Distance? Distance { get; init; }

    /// <summary>kNN by cosine: τ. Euclidean votes have none.</summary>
    public double? Temperature { get; init; }

    /// <summary>Linear.</summary>
    public Solver? Solver { get; init; }

    /// <summary>Linear: what is done to the features, <c>standardized</c>.</summary>
    public string? Features { get; init; }

    /// <summary>L-BFGS: the weight λ of the penalty λ·½‖W‖², per image; scikit-learn's 1/C.</summary>
    public double? Penalty { get; init; }

    /// <summary>L-BFGS: the most iterations.</summary>
    public int? Iterations { get; init; }

    public int? Epochs { get; init; }

    public double? LearningRate { get; init; }

    /// <summary>SGD: how the learning rate falls.</summary>
    public string? Schedule { get; init; }

    public double? Momentum { get; init; }

    public int? Batch { get; init; }

    /// <summary>Few labels.</summary>
    public int? Draws { get; init; }

    public ulong Seed { get; init; }

    /// <summary>Of the encoder's file; null for raw pixels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? EncoderSha256 { get; init; }

    /// <summary>D: numbers per vector.</summary>
    public int Dimension { get; init; }

    /// <summary>The images.</summary>
    public EvalImages? Data { get; init; }

    public string JemVersion { get; init; } = typeof(EvalResult).Assembly.GetName().Version!.ToString(3);

    /// <summary>An array with an object per result.</summary>
    public static JsonNode ToJson(IEnumerable<EvalResult> results) => JsonSerializer.SerializeToNode(results, s_json)!;

    /// <summary>The numbers as a person reads them, each with the heading under which it stands in a table.</summary>
    public IEnumerable<(string Heading, string Text)> Cells() => Protocol switch
    {
        "knn" => [($"kNN k={K}", $"{Accuracy:F3}")],
        "linear" => [(
            $"{(Solver == Linear.Solver.Sgd ? "linear SGD" : "linear")}, {(LabelsPerClass is int count ? $"{count} per class" : "all labels")}",
            Deviation is null ? $"{Accuracy:F3}" : $"{Accuracy:F3} ± {Deviation:F3}")],
        "rank" => [("effective rank", $"{EffectiveRank:F1} of {Dimension}")],
        _ => [("mAP", $"{Map:F3}"), ("R@1", $"{RecallAt1:F3}"), ("R@10", $"{RecallAt10:F3}")],
    };
}

/// <summary>Which images a result was measured on.</summary>
/// <param name="Spec">As <c>--data</c> names them.</param>
/// <param name="Bank">Images that are searched, or that a probe is fitted to.</param>
/// <param name="Queries">Images that ask.</param>
/// <param name="LeaveOneOut">Bank and queries are one split, and no image found itself.</param>
/// <param name="BankFingerprint">Identifies the images.</param>
/// <param name="QueryFingerprint">Identifies the images.</param>
public sealed record EvalImages(string Spec, int Classes, int Bank, int Queries, bool LeaveOneOut, string BankFingerprint, string QueryFingerprint)
{
    public static EvalImages Of(EvaluationData data) => new(
        data.Spec, data.Bank.ClassNames.Count, data.Bank.Count, data.Queries.Count, data.LeaveOneOut, data.Bank.Fingerprint, data.Queries.Fingerprint);
}
