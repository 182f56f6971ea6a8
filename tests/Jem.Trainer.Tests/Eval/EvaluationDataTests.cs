using Jem.Trainer.Data;
using Jem.Trainer.Data.Sets;
using Jem.Trainer.Eval;
using Jem.Trainer.Eval.Vectors;
using NUnit.Framework.Constraints;

namespace Jem.Trainer.Tests.Eval;

public sealed class EvaluationDataTests
{
    private static readonly EvaluationOptions s_all = new() { Protocols = Enum.GetValues<Protocol>(), LabelsPerClass = [3], ExactLabels = true };

    [Test]
    public void Images_that_serve_are_let_through() => Assert.That(() => Check([0, 0, 0, 1, 1, 1], [0, 1]), Throws.Nothing);

    [Test]
    public void No_labels_are_refused_with_what_to_do() => Assert.That(() => Check(null, null), Refused(
        "The training images have no labels (drawn by hand), and every protocol but rank needs to know which belong together. "
        + "Put the images of a class – or of an instance, for retrieval – into a sub-folder of its own. "
        + "Without labels, `jem-embed gallery` shows neighbours to look at."));

    [Test]
    public void Directions_in_use_need_no_labels()
    {
        Assert.That(() => Check(null, null, new EvaluationOptions { Protocols = [Protocol.Rank] }), Throws.Nothing);
        Assert.That(
            () => Check(null, null, new EvaluationOptions { Protocols = [Protocol.Rank, Protocol.Knn] }),
            Throws.InstanceOf<DataException>().With.Message.StartsWith("The training images have no labels"));
    }

    [Test]
    public void Test_images_without_labels_are_refused() =>
        Assert.That(() => Check([0, 1], null), Throws.InstanceOf<DataException>().With.Message.StartsWith("The test images have no labels"));

    [Test]
    public void An_empty_split_is_refused() => Assert.That(() => Check([0, 1], []), Refused("There are no test images: drawn by hand."));

    [Test]
    public void One_class_is_refused() => Assert.That(() => Check([2, 2, 2], [2]), Refused(
        "All 3 training images are of one class, 'c': whatever the encoder, every answer would be right. Give two classes or more."));

    [Test]
    public void A_class_that_training_lacks_is_named() => Assert.That(() => Check([0, 0, 0, 1, 1, 1], [0, 1, 2]), Refused(
        "1 class of the test split ('c') has no training image, so no one could recognise it. "
        + "Add some to the train split, or take the class out of the test split; --protocol retrieval leaves such queries out by itself."));

    [Test]
    public void Retrieval_minds_a_missing_class_only_if_all_are()
    {
        var retrieval = new EvaluationOptions { Protocols = [Protocol.Retrieval] };
        Assert.That(() => Check([0, 0, 1], [0, 2], retrieval), Throws.Nothing);
        Assert.That(() => Check([0, 0, 1], [2, 2], retrieval), Refused(
            "No query has another image of its class among the 3 that are searched, so there is nothing to find. "
            + "Retrieval needs two images or more of a class or instance."));
    }

    [Test]
    public void Within_one_split_some_class_needs_two_images()
    {
        var images = Images([0, 1, 2]);
        Assert.That(
            () => new EvaluationData("x", images, images).Check(new() { Protocols = [Protocol.Retrieval] }),
            Throws.InstanceOf<DataException>().With.Message.StartsWith("No query has another image of its class among the 3 that are searched"));
    }

    [Test]
    public void More_labels_than_a_class_has_are_refused_if_they_were_asked_for()
    {
        Assert.That(() => Check([0, 0, 0, 1, 1], [0, 1]), Refused("--labels-per-class 3: the class 'b' has 2 training images. Ask for 2 at the most."));
        Assert.That(() => Check([0, 0, 0, 1, 1], [0, 1], s_all with { ExactLabels = false }), Throws.Nothing);
    }

    [Test]
    public void Data_with_one_split_serve_neighbours_and_retrieval()
    {
        using var folder = new TemporaryFolder();
        ImageFolderWriter.Write(DataSets.Open("synthetic:shapes?n=16&size=8", DataSplit.Train), folder.At("photos"), 16);
        var spec = DataSpec.Parse($"folder:{folder.At("photos")}");
        Assert.That(EvaluationData.Open(spec, new() { Protocols = [Protocol.Knn, Protocol.Retrieval] }).LeaveOneOut, Is.True);
        Assert.That(() => EvaluationData.Open(spec, new()), Throws.InstanceOf<DataException>().With.Message.Contains("has no test split")
            .And.Message.EndsWith("Or measure within the one split, each image asking all others: --protocol knn,retrieval,rank."));
    }

    private static void Check(int[]? bank, int[]? queries, EvaluationOptions? options = null) =>
        new EvaluationData("x", Images(bank), Images(queries)).Check(options ?? s_all);

    private static ImageSubset Images(int[]? labels)
    {
        var pixels = Enumerable.Range(0, labels?.Length ?? 2).Select(_ => new byte[1]).ToArray();
        return new ImageSubset(new MemoryImageSet("x", pixels, 1, 1, 1, labels, ["a", "b", "c"], "drawn by hand"), [.. Enumerable.Range(0, pixels.Length)]);
    }

    private static EqualStringConstraint Refused(string message) => Throws.InstanceOf<DataException>().With.Message.EqualTo(message);
}
