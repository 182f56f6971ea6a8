using Jem.Embed.Runtime;
using Jem.Trainer.Data;

namespace Jem.Trainer.Eval;

/// <summary>What to measure.</summary>
/// <param name="Seed">Of the draws of few labels.</param>
public sealed record EvaluationOptions(bool Knn, bool Linear, ulong Seed);

/// <summary>Measures encoders and raw pixels over the same images: the train split is the bank, the test split asks.</summary>
/// <param name="status">Told in a few words what goes on.</param>
public sealed class Evaluation(IImageSet train, IImageSet test, EvaluationOptions options, Action<string> status)
{
    /// <param name="name"><c>trained</c> or <c>random</c>.</param>
    public IEnumerable<EvalResult> OfEncoder(string name, Encoder encoder, CancellationToken cancellation) => Measure(
        name,
        Embedding.ByEncoder(encoder, train, done => status($"{name} encoder: {done:N0} of {train.Count:N0} training images"), cancellation),
        Embedding.ByEncoder(encoder, test, done => status($"{name} encoder: {done:N0} of {test.Count:N0} test images"), cancellation));

    /// <param name="info">Says at what size and channels the pixels are compared.</param>
    public IEnumerable<EvalResult> OfPixels(EncoderInfo info) => Measure("raw", Embedding.ByPixels(info, train), Embedding.ByPixels(info, test));

    private List<EvalResult> Measure(string name, LabelledVectors bank, LabelledVectors queries)
    {
        var results = new List<EvalResult>();
        if (options.Knn)
        {
            status($"{name}: nearest neighbours");
            results.AddRange(Protocols.Knn(name, bank, queries));
        }

        if (options.Linear)
        {
            status($"{name}: linear probes");
            results.AddRange(Protocols.Linear(name, bank, queries, options.Seed));
        }

        return results;
    }
}
