using Jem.Graphs.Ir;
using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

/// <summary>Version 2: a queue that ends within a batch, and split batch norm.</summary>
public class MocoTests() : ReplayFixture("moco_replay", "moco", s_options)
{
    private static readonly MocoOptions s_options = Tiny(new MocoOptions { Queue = 16, Dimension = 16, NormSplits = 2 });

    private static readonly long[] s_images = [0, 1, 2, 3, 4, 5];

    [Test]
    public void A_uniform_answer_is_its_tell_tale() =>
        Assert.That(Program.Collapse.Losses.Single().Value, Is.EqualTo(Math.Log(17)).Within(1e-12));

    [Test]
    public void Its_pointer_goes_round_the_queue_by_as_many_keys_as_a_step_has([Values] bool symmetric) =>
        Assert.That(
            Build(s_options with { Symmetric = symmetric }).Schedules["queue_pointer"],
            Is.EqualTo(new PointerSchedule(symmetric ? 2 * Images : Images, 16)));

    [Test]
    public void The_key_encoder_is_as_slow_at_the_end_as_at_the_start() =>
        Assert.That(Program.Schedules["ema_momentum"], Is.EqualTo(CosineSchedule.Constant(0.999)));

    [TestCase(8, 256, null)]
    [TestCase(3, 6, null)]
    [TestCase(8, 12, 6)]
    [TestCase(8, 100, 5)]
    [TestCase(4, 4, 2)]
    [TestCase(8, 3, 1)]
    public void Groups_that_do_not_divide_the_batch_are_refused_with_ones_that_do(int splits, int batch, int? advised)
    {
        if (advised is null)
        {
            Assert.That(() => Build(s_options with { NormSplits = splits, Batch = batch }), Throws.Nothing);
            return;
        }

        Assert.That(() => Build(s_options with { NormSplits = splits, Batch = batch }), Throws.ArgumentException.With.Message.EqualTo(
            $"norm_splits is {splits} and batch {batch}; expected groups of equal size with 2 images or more. Set norm_splits={advised}, or another batch."));
        Assert.That(() => Build(s_options with { NormSplits = advised.Value, Batch = batch }), Throws.Nothing);
    }

    [Test]
    public void Settings_that_make_no_sense_are_refused() => Assert.Multiple(() =>
    {
        Refused(s_options with { Temperature = 0 }, "temperature is 0; expected a number > 0. Temperature of InfoNCE: 0.2 in version 2, 0.07 in version 1.");
        Refused(s_options with { Queue = 0 }, "queue is 0; expected a whole number ≥ 1. Keys of earlier steps that serve as negatives, any number. "
            + "4096 is usual for CIFAR.");
        Refused(s_options with { Queue = 61, Image = s_options.Image with { Count = 60 } },
            "queue is 61, and there are 60 images: each image would meet itself among its negatives. Set queue=6.");
        Refused(s_options with { Head = "linaer" }, "head is 'linaer'; expected mlp, linear. Did you mean 'linear'?");
        Refused(s_options with { Ema = new() { Momentum = 99.9 } }, "ema.momentum is 99.9; expected a number in [0, 1]; for 99.9 per cent write 0.999. "
            + "The share of the teacher that is kept at each step, at the start of the run. Short runs need less than the paper's.");
        Refused(s_options with { Views = s_options.Views with { Count = 1 } }, "views.count is 1; this method compares exactly 2 views of an image. "
            + "Set views.count=2.");
    });

    [Test]
    public void Groups_of_keys_are_neighbours_where_those_of_queries_are_apart([Values(2, 3)] int splits)
    {
        var program = Build(s_options with { NormSplits = splits });
        var orders = program.Stage("step").Constants.Where(constant => constant.Type == DType.Int64 && constant.Shape.Equals([Images]))
            .Select(constant => constant.ConstantInts).Where(order => !order.SequenceEqual(s_images) && order.Order().SequenceEqual(s_images)).ToList();
        Assert.That(orders, Has.Count.EqualTo(2));
        var (order, places) = (orders[0], orders[1]);
        Assert.That(places.Select(place => order[place]), Is.EqualTo(s_images), "each image returns to its place");
        var groups = order.Index().GroupBy(place => place.Index % splits, place => place.Item).Select(group => group.Order());
        Assert.That(groups, Is.EqualTo(s_images.Chunk(Images / splits)));
    }

    private static TrainingProgram Build(MocoOptions options) => MethodCatalog.BuiltIn.Get("moco").Build(options);

    private static void Refused(MocoOptions options, string message) =>
        Assert.That(() => Build(options), Throws.ArgumentException.With.Message.EqualTo(message));
}

/// <summary>Version 1's head; both views are query and key, and a step has more keys than the queue has places.</summary>
public class SymmetricMocoTests() : ReplayFixture("moco_symmetric_replay", "moco", Tiny(
    new MocoOptions { Queue = 7, Dimension = 16, NormSplits = 1, Head = "linear", Temperature = 0.3, Symmetric = true }));
