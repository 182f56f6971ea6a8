using Jem.Embed.Runtime;
using Jem.Trainer.Data;
using Jem.Trainer.Eval.Neighbours;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Tests.Eval.Neighbours;

public sealed class KnnMonitorTests
{
    private static readonly IImageSet s_train = DataSets.Open("synthetic:shapes?n=400&size=16", DataSplit.Train);
    private static readonly IImageSet s_test = DataSets.Open("synthetic:shapes?n=400&size=16", DataSplit.Test);

    [Test]
    public void It_measures_the_same_every_time_and_the_seed_chooses_the_images()
    {
        using var encoder = new Encoder(EncoderFixture.Encoder);
        var options = new KnnMonitorOptions(Bank: 120, Queries: 60);
        var (monitor, twin) = (new KnnMonitor(s_train, s_test, options), new KnnMonitor(s_train, s_test, options));
        var accuracy = monitor.Accuracy(encoder);
        Assert.That((monitor.Accuracy(encoder), twin.Accuracy(encoder)), Is.EqualTo((accuracy, accuracy)));
        Assert.That(new KnnMonitor(s_train, s_test, options with { Seed = 1 }).Accuracy(encoder), Is.Not.EqualTo(accuracy));
    }

    [Test]
    public void All_images_give_what_the_evaluation_gives()
    {
        using var encoder = new Encoder(EncoderFixture.Encoder);
        LabelledVectors All(IImageSet images) => new EmbeddedImages(images, new EncoderEmbedder("trained", encoder), _ => { }).All();
        Assert.That(
            new KnnMonitor(s_train, s_test).Accuracy(encoder),
            Is.EqualTo(KnnClassifier.Accuracies(All(s_train), All(s_test), new() { Neighbours = [20] })[0]).Within(1e-12));
    }

    [Test]
    public void One_split_is_parted_so_that_no_image_finds_itself()
    {
        using var encoder = new Encoder(EncoderFixture.Encoder);
        var monitor = new KnnMonitor(s_train, s_train, new() { Knn = new() { Neighbours = [1] } });
        Assert.That(monitor.Accuracy(encoder), Is.LessThan(0.99));
    }

    [Test]
    public void It_can_be_interrupted()
    {
        using var encoder = new Encoder(EncoderFixture.Encoder);
        Assert.That(() => new KnnMonitor(s_train, s_test).Accuracy(encoder, new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Images_of_one_class_are_refused()
    {
        var one = new ImageSubset(s_train, [.. Enumerable.Range(0, 400).Where(row => s_train.Labels![row] == 3)]);
        Assert.That(
            () => new KnnMonitor(one, s_test),
            Throws.InstanceOf<DataException>().With.Message.StartsWith("All 50 training images are of one class, 'square'"));
    }
}
