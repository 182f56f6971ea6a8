using System.Text.Json.Nodes;

namespace Jem.Quality;

/// <summary>One line of the table.</summary>
/// <param name="Name">A method, <c>raw pixels</c>, or <c>random</c> and a backbone.</param>
/// <param name="Knn20">Accuracy, 0 to 1.</param>
/// <param name="EffectiveRank">RankMe of 4096 test images' representations, at most <paramref name="Dimension"/>.</param>
/// <param name="Seconds">Of training, views and reports included; null where nothing was trained.</param>
/// <param name="PeakMib">The most memory of the training process.</param>
/// <param name="Sha256">Of the encoder.</param>
internal sealed record Row(
    string Name,
    string Backbone,
    double Knn20,
    double Knn200,
    double Linear,
    double EffectiveRank,
    int Dimension,
    double? Seconds,
    double? PeakMib,
    string? Sha256)
{
    /// <summary>From what <c>jem eval --json</c> writes.</summary>
    /// <param name="encoder"><c>trained</c>, <c>random</c> or <c>raw</c>.</param>
    public static Row Of(string name, string backbone, JsonArray results, string encoder, (TimeSpan Elapsed, double PeakMib)? cost = null)
    {
        var own = results.Select(result => result!).Where(result => (string)result["encoder"]! == encoder).ToList();
        JsonNode Only(string protocol, int? k = null) => own.Single(result => (string)result["protocol"]! == protocol && (k is null || (int)result["k"]! == k));
        return new Row(
            name,
            backbone,
            (double)Only("knn", 20)["accuracy"]!,
            (double)Only("knn", 200)["accuracy"]!,
            (double)Only("linear")["accuracy"]!,
            (double)Only("rank")["effective_rank"]!,
            (int)own[0]["dimension"]!,
            cost?.Elapsed.TotalSeconds,
            cost?.PeakMib,
            (string?)own[0]["encoder_sha256"]);
    }
}
