using Jem.Graphs.Losses;

namespace Jem.Graphs.Tests.Losses;

public class NceLossTests
{
    [TestCase(3, 20)]
    [TestCase(16, 5000)]
    public void Value_and_gradients_are_those_of_the_papers_formula(int batch, int images)
    {
        var oracle = new Oracle("nce");
        var (loss, gradients) = Loss(images, Given.From(oracle, $"{batch}.positives"), Given.From(oracle, $"{batch}.negatives"),
            Given.Scalar(oracle[$"{batch}.normalizer"][0]));
        Relative.Agree("the loss", [loss], oracle[$"{batch}.loss"], 1e-5);
        Relative.Agree("the gradient by positives", gradients[0], oracle[$"{batch}.gradient.positives"], 1e-4);
        Relative.Agree("the gradient by negatives", gradients[1], oracle[$"{batch}.gradient.negatives"], 1e-4);
    }

    [TestCase(3, 20)]
    [TestCase(16, 5000)]
    public void The_normalizer_is_the_number_of_images_times_the_mean_exponential(int batch, int images)
    {
        var oracle = new Oracle("nce");
        double[] energies = [.. oracle[$"{batch}.positives"], .. oracle[$"{batch}.negatives"]];
        var normalizer = LossRunner.Outputs(x => [NceLoss.Normalizer(x[0], images)], new Given([energies.Length], energies))[0];
        Relative.Agree("Z", normalizer, oracle[$"{batch}.normalizer"], 1e-5);
    }

    // With all energies equal Z makes P = 1/images, so that data and K draws of noise are told apart by their numbers only.
    [Test]
    public void Equal_embeddings_cannot_be_told_apart([Values(1, 8)] int draws, [Values(0, 14)] double energy)
    {
        const int Images = 100;
        var (positives, negatives) = (new Given([2], [energy, energy]), Given.Rows(2, [.. Enumerable.Repeat(energy, draws)]));
        var (loss, _) = Loss(Images, positives, negatives, Given.Scalar(Images * Math.Exp(energy)));
        Assert.That(loss, Is.EqualTo(Math.Log(draws + 1) + draws * Math.Log((draws + 1.0) / draws)).Within(1e-5));
    }

    [Test]
    public void Energies_beyond_any_exponential_leave_loss_and_gradients_finite()
    {
        var (loss, gradients) = Loss(10, new Given([2], [-1e4, 1e4]), new Given([2, 2], [1e4, -1e4, 0, 1e4]), Given.Scalar(10));
        Assert.That(loss, Is.EqualTo(1.5e4).Within(10));
        Assert.That(gradients.SelectMany(gradient => gradient), Is.All.Matches<double>(double.IsFinite));
    }

    [Test]
    public void The_normalizer_gets_no_gradient() =>
        LossRunner.Stops(x => NceLoss.Of(x[0], x[1], x[2], 10), [2], Given.Normals([3]), Given.Normals([3, 2]), Given.Scalar(10));

    [TestCase(3, 0, 0)]
    [TestCase(3, 0, -1)]
    [TestCase(1, 0, 9)]
    [TestCase(3, 1, 9)]
    public void Shapes_that_do_not_fit_and_no_images_are_refused(int positives, int normalizerRank, long images)
    {
        var x = LossRunner.Values([positives], [3, 4], [.. Enumerable.Repeat(1L, normalizerRank)]);
        Assert.That(() => NceLoss.Of(x[0], x[1], x[2], images), Throws.ArgumentException.With.Message.EqualTo(
            "NCE needs positives [B], negatives [B,K], a scalar normalizer and the number of images the negatives are drawn from, at least 1; "
            + $"got positives [{positives}], negatives [3,4], normalizer {x[2].Shape} and {images} images."));
    }

    [Test]
    public void A_normalizer_over_no_images_is_refused() =>
        Assert.That(() => NceLoss.Normalizer(LossRunner.Values([3])[0], 0), Throws.ArgumentException.With.Message.EqualTo(
            "NCE's normalizer needs the number of images the energies are drawn from, at least 1; got 0."));

    private static (double Loss, double[][] Gradients) Loss(long images, params Given[] inputs) =>
        LossRunner.Run(x => NceLoss.Of(x[0], x[1], x[2], images), 2, inputs);
}
