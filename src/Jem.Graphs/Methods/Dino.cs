using Jem.Graphs.Heads;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Nn;
using Jem.Graphs.Programs;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Methods;

/// <summary>
/// DINO: emerging properties in self-supervised vision transformers (Caron et al., arXiv:2104.14294). A student predicts for every view,
/// large or small, what a teacher says of the large ones; the teacher is the student's average, centred and sharpened.
/// </summary>
internal static class Dino
{
    // 30 of the 100 epochs of the paper's shortest runs.
    private const double LongestWarmup = 0.3;

    public static TrainingProgram Build(StepGraph step, DinoOptions options)
    {
        step.CheckPrototypes(options.Prototypes);
        var net = step.Net;
        var images = LocalViews.Images(step, options.LocalViews);
        var bottleneck = Bottleneck(net, Concat(0, [.. net.Each(images, step.Backbone)]), options.Projector);
        var students = step.PerView(LastLayer(net, bottleneck, options));
        IReadOnlyList<Value> teachers;
        using (net.Teacher())
        {
            teachers = step.PerView(LastLayer(net, Bottleneck(net, step.Backbone(images[0]), options.Projector), options));
        }

        var center = net.State("center", [options.Prototypes], Init.Zeros);
        var warmup = new CosineSchedule(options.Teacher.Temperature, options.Teacher.Temperature, options.Teacher.WarmupEpochs)
        {
            Start = options.Teacher.WarmupTemperature,
            LongestWarmup = LongestWarmup,
        };
        var temperature = step.Scalar("teacher_temperature", warmup, options.Teacher.Temperature);
        var loss = SelfDistillationLoss.Of(students, teachers, center, options.StudentTemperature, temperature);
        net.Update(center, SelfDistillationLoss.NextCenter(center, teachers, options.CenterMomentum));
        step.Teach(options.Ema);
        step.Freeze("last_layer", options.FreezeLastLayer);
        step.Assign((net, x) => LastLayer(net, Bottleneck(net, x, options.Projector), options), teacher: true);
        return step.Finish(loss, Concat(0, [.. step.PerView(bottleneck).Take(2)]), new(
            [
                step.TellTale(Math.Log(options.Prototypes), "ln K: every output is equally likely",
                    ("teacher.temperature≤0.04", "a sharper teacher")),
                step.TellTale(0, "0: one output is certain for every image",
                    ("center_momentum≤0.9", "a centre that follows"),
                    ("center_momentum≤0.5", "a centre that follows faster")),
            ],
            step.Advice(
                ("ema.momentum≥0.996", "a slower teacher"),
                ("ema.momentum≥0.9995", "with small batches and many epochs, a slower teacher"))));
    }

    private static Value Bottleneck(Net net, Value representations, DinoProjectorOptions options)
    {
        var hidden = new HeadLayer(options.Hidden, Bias: !options.Norm, options.Norm, Activation: Gelu);
        return Functional.Normalize(Mlp.Build(net, "projector", representations, [.. Enumerable.Repeat(hidden, options.Layers - 1), new(options.Bottleneck)]));
    }

    private static Value LastLayer(Net net, Value bottleneck, DinoOptions options) => WeightNormLinear.Build(net, "last_layer", bottleneck, options.Prototypes);
}
