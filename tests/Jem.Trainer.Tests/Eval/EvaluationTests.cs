using Jem.Trainer.Data;
using Jem.Trainer.Eval;
using Jem.Trainer.Eval.Linear;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval;

public sealed class EvaluationTests
{
    [Test]
    public void By_default_there_are_four_columns()
    {
        var results = Run(new());
        Assert.That(results.SelectMany(result => result.Cells()).Select(cell => cell.Heading), Is.EqualTo(new[]
        {
            "kNN k=20", "kNN k=200", "linear, all labels", "linear, 10 per class",
        }));
        Assert.That(results[0].Accuracy, Is.GreaterThan(2.0 / results[0].Data!.Classes), "twice chance");
    }

    [Test]
    public void Nearest_neighbours_alone_find_the_same_while_the_bank_streams_by()
    {
        var (alone, all) = (new CountingEmbedder(), new CountingEmbedder());
        var streamed = Run(new() { Protocols = [Protocol.Knn] }, alone);
        Assert.That(streamed.Select(result => result.Accuracy), Is.EqualTo(Run(new(), all).Take(2).Select(result => result.Accuracy)));

        // Every image is embedded once, whatever is measured.
        Assert.That((alone.Count, all.Count), Is.EqualTo((1500 + 300, 1500 + 300)));
    }

    [Test]
    public void Solvers_and_numbers_of_labels_are_combined()
    {
        var results = Run(new() { Protocols = [Protocol.Few], Solvers = [Solver.Lbfgs, Solver.Sgd], LabelsPerClass = [1, 5], Draws = 2, Sgd = new(Epochs: 2) });
        (Solver?, object?, int?, int?)[] expected = [(Solver.Lbfgs, 1, 2, null), (Solver.Lbfgs, 5, 2, null), (Solver.Sgd, 1, 2, 2), (Solver.Sgd, 5, 2, 2)];
        Assert.That(results.Select(result => (result.Solver, result.LabelsPerClass, result.Draws, result.Epochs)), Is.EqualTo(expected));
    }

    [Test]
    public void A_class_with_fewer_images_gives_what_it_has()
    {
        var data = Data("synthetic:shapes?n=28&size=8");
        var results = new Evaluation(data, new() { Protocols = [Protocol.Few], LabelsPerClass = [10, 100] }, _ => { }).Of(new CountingEmbedder());
        Assert.That(results.Select(result => result.LabelsPerClass), Is.EqualTo(new object[] { data.SmallestClass() }));
    }

    private static IReadOnlyList<EvalResult> Run(EvaluationOptions options, IEmbedder? embedder = null) =>
        new Evaluation(Data("synthetic:shapes?n=1500&size=8"), options, _ => { }).Of(embedder ?? new CountingEmbedder());

    private static EvaluationData Data(string spec) => EvaluationData.Open(DataSpec.Parse(spec), new());

    /// <summary>Mean and deviation of the pixels, with some noise, as vectors.</summary>
    private sealed class CountingEmbedder : IEmbedder
    {
        public int Count { get; private set; }

        public string Name => "trained";

        public string? Sha256 => "abc";

        public int Dimension => 8 * 8;

        public void Embed(IImageSet images, int first, int count, Memory<float> into)
        {
            Count += count;
            for (var i = 0; i < count; i++)
            {
                var pixels = images.Image(first + i).Pixels.Span;
                for (var j = 0; j < Dimension; j++)
                {
                    into.Span[(i * Dimension) + j] = pixels[j] / 255f;
                }
            }
        }
    }
}
