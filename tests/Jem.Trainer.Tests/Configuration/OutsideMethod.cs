using Jem.Graphs.Heads;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Methods;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using Jem.Graphs.Optim;
using Jem.Graphs.Programs;
using Jem.Graphs.Seeding;
using Jem.Imaging;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader.Inputs;
using static Jem.Graphs.Ops.Op;

namespace Jem.Trainer.Tests.Configuration;

/// <summary>A kit with everything of its own that a kit may have: method, optimiser, backbone, schedule, batch input, kind of data.</summary>
internal static class OutsideMethod
{
    public static JemKit Kit { get; } = JemKit.BuiltIn
        .With(Method.Of<Options>("outside", "A method that the libraries do not know", Build))
        .With(new Optimizer("plain", (step, _) => step.Parameter - (step.LearningRate * step.Gradient)))
        .With(new Graphs.Backbones.Backbone("pixels", 8, (net, images, options, _) => Layers.Linear(net, "fc", Flatten(images), options.Width)))
        .With(InputKind.Of<NoiseInput>((_, _) => new NoiseFiller()))
        .With(new DataKind(
            "mine", "mine", "the shapes again", null, [], "",
            (_, _) => true, (_, split, opening) => DataSets.Open("synthetic:shapes?n=60&size=16", split, opening)))
        .WithSchedule<RampSchedule>();

    public sealed record Options : MethodOptions
    {
        public Options() => (Optimizer, Backbone) = (new() { Name = "plain", LearningRate = 1 }, new() { Name = "pixels" });

        [Graphs.Options.Option("Prototypes.", Least = 2)]
        public int Prototypes { get; init; } = 6;
    }

    /// <summary>In equal steps from one value to another.</summary>
    [Kind("ramp")]
    public sealed record RampSchedule(double From, double To) : ScheduleRecipe
    {
        public override double ValueAt(long step, RunLength run) => From + ((To - From) * step / Math.Max(1, run.Steps - 1));
    }

    /// <summary>Bytes [B], any.</summary>
    [Kind("noise")]
    public sealed record NoiseInput : BatchRecipe;

    private sealed class NoiseFiller : InputFiller
    {
        public override long Length(int batch) => batch;

        public override void Fill(in BatchRow row, PlanarImage image, Span<byte> input) =>
            input[row.Row] = (byte)new SeededRandom(row.Seed, (ulong)row.Epoch, (ulong)row.Number).NextInt(256);
    }

    private static TrainingProgram Build(StepGraph step, Options options)
    {
        var z = step.Backbone(step.Views(2));
        var prototypes = Prototypes.Create(step.Net, "prototypes", options.Prototypes, z.Shape[1]);
        var scores = step.PerView(Scores(z, prototypes));
        var noise = Cast(step.Batch("noise", DType.UInt8, [options.Batch], new NoiseInput()), DType.Float) / 255;
        var ramp = step.Scalar("ramp", new RampSchedule(0.5, 1), 1);
        step.Report("noise_mean", Mean(noise));
        step.Assign((net, x) => Scores(x, Prototypes.Create(net, "prototypes", options.Prototypes, x.Shape[1])));
        var codes = scores.Select(view => StopGradient(Softmax(view))).ToList();
        var loss = (NtXentLoss.Of(z, 0.5) * ramp) + SwappedPredictionLoss.Of(scores, codes, 0.1);
        return step.Finish(loss, z, new([new(0, "0: nothing is learnt")], step.Advice()));
    }

    private static Value Scores(Value embeddings, Value prototypes) => Prototypes.Scores(Functional.Normalize(embeddings), prototypes);
}
