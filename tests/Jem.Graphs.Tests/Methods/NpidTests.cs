using Jem.Graphs.Methods;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

/// <summary>By noise-contrastive estimation; every batch shows an image twice.</summary>
public class NpidTests() : ReplayFixture("npid_replay", "npid", s_options)
{
    private const int Bank = 11, Drawn = 7;

    private static readonly NpidOptions s_options = Tiny(
        new NpidOptions { Image = new() { Count = Bank }, Dimension = 16, Temperature = 0.2, Negatives = Drawn }, views: 1);

    [Test]
    public void Its_batch_has_the_images_numbers_and_random_ones() => Assert.Multiple(() =>
    {
        Assert.That(Program.Batch["image_ids"], Is.EqualTo(new ImageIdsInput()));
        Assert.That(Program.Batch["negatives"], Is.EqualTo(new RandomIdsInput(Drawn, Bank)));
        Assert.That(Build(s_options with { Loss = "softmax" }).Batch.Keys, Is.EquivalentTo(new[] { "views", "image_ids" }));
    });

    [Test]
    public void The_bank_has_a_unit_vector_for_each_image_at_first()
    {
        var bank = Program.Variables.Single(variable => variable.Value.Name == "bank");
        Assert.That(bank.Value.Shape, Is.EqualTo(new long[] { Bank, 16 }));
        var rows = bank.Init.Draw(bank.Value.Shape, "bank", 0).Chunk(16);
        Assert.That(rows.Select(row => row.Sum(element => (double)element * element)), Is.All.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void A_network_that_tells_no_image_from_another_has_the_loss_of_its_tell_tale()
    {
        // Of noise-contrastive estimation: the least loss of one answer for all images.
        double Nce(double right) => -Math.Log(right) - (Drawn * Math.Log(1 - right));
        var least = Enumerable.Range(1, 9999).Min(i => Nce(i / 10000.0));
        Assert.That(Program.Collapse.Losses.Single().Value, Is.EqualTo(least).Within(1e-6));
        Assert.That(Build(s_options with { Loss = "softmax" }).Collapse.Losses.Single().Value, Is.EqualTo(Math.Log(Bank)).Within(1e-12));
    }

    [Test]
    public void Options_that_it_shares_with_other_methods_of_a_bank_are_listed_as_its_own() =>
        Assert.That(OptionTable.Of(s_options, Parts.BuiltIn.Names).Where(row => row.Own).Select(row => row.Name),
            Is.EqualTo(new[] { "loss", "temperature", "negatives", "dimension", "keep" }));

    [Test]
    public void Settings_that_make_no_sense_are_refused() => Assert.Multiple(() =>
    {
        Refused(s_options with { Temperature = -1 }, "temperature is -1; expected a number > 0. Temperature of the similarities: "
            + "0.07 in the paper, 0.1 for CIFAR in the authors' code.");
        Refused(s_options with { Loss = "nec" }, "loss is 'nec'; expected nce, softmax. Did you mean 'nce'?");
        Refused(s_options with { Keep = 1.5 }, "keep is 1.5; expected a number in [0, 1]; for 1.5 per cent write 0.015. "
            + "The share of an image's vector that the bank keeps when the image is seen.");
        Refused(s_options with { Negatives = 0 }, "negatives is 0; expected a whole number ≥ 1. nce: "
            + "random images that are drawn for each step and serve its whole batch.");
        Refused(s_options with { Negatives = Bank },
            "negatives is 11, and there are 11 images: all of them are no more, and exact. Set loss=softmax, or negatives=1.");
        Refused(s_options with { Views = s_options.Views with { Count = 2 } }, "views.count is 2; this method compares exactly 1 view of an image. "
            + "Set views.count=1.");
    });

    [Test]
    public void The_softmax_over_all_images_takes_no_notice_of_the_number_of_negatives() =>
        Assert.That(() => Build(s_options with { Negatives = Bank, Loss = "softmax" }), Throws.Nothing);

    private static TrainingProgram Build(NpidOptions options) => MethodCatalog.BuiltIn.Get("npid").Build(options);

    private static void Refused(NpidOptions options, string message) =>
        Assert.That(() => Build(options), Throws.ArgumentException.With.Message.EqualTo(message));
}

/// <summary>By the softmax over all images.</summary>
public class SoftmaxNpidTests() : ReplayFixture("npid_softmax_replay", "npid", Tiny(
    new NpidOptions { Image = new() { Count = 11 }, Dimension = 16, Temperature = 0.2, Loss = "softmax" }, views: 1));
