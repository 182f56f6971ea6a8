using Jem.Graphs.Backbones;
using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using Jem.Graphs.Programs;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Methods;

/// <summary>
/// data2vec (Baevski et al., arXiv:2202.03555): a student that sees a part of an image predicts, patch by patch, what its teacher makes
/// of the whole one. The target is the mean of the teacher's last blocks, each layer-normalised, layer-normalised itself (section 3.3).
/// </summary>
internal static class Data2Vec
{
    public static TrainingProgram Build(StepGraph step, Data2VecOptions options)
    {
        var images = step.Views(1);

        // A backbone without patches has 0 of them; it is refused where its tokens are asked for.
        var mask = Mask(step, options, options.Image.Size / Math.Max(1, step.Options.Backbone.Patch));
        var student = step.Tokens(images, mask);
        Value target;
        using (step.Net.Teacher())
        {
            target = Target(step.Tokens(images).Blocks, options.TopBlocks);
        }

        step.Teach(options.Ema);
        var patches = VisionTokens.Patches(student.Normed);
        var prediction = Layers.Linear(step.Net, "head", patches, patches.Shape[2], Init.LinearDefault(patches.Shape[2]));
        step.Report("target_std", Spread(target));
        step.Report("prediction_std", Spread(prediction));
        return step.Finish(SmoothL1Loss.Of(prediction, target, mask, options.Beta), student.Mean, new(
            [new(0, "0: the teacher gives every patch the same target")],
            step.Advice(
                ("ema.momentum≥0.999", "a slower teacher"),
                ("ema.momentum≥0.9999", "a slower teacher"),
                ("top_blocks≤3", "fewer blocks in the target"))));
    }

    /// <summary>The batch input <c>mask</c> as numbers [B,T].</summary>
    private static Value Mask(StepGraph step, Data2VecOptions options, int grid)
    {
        var (mask, patches) = (options.Mask, grid * grid);
        if (Math.Round(mask.Ratio * patches) is < 1 || Math.Round(mask.Ratio * patches) >= patches)
        {
            throw new ArgumentException(
                $"mask.ratio {mask.Ratio} of {patches} patches hides none or all of them. "
                + "Take another ratio, smaller patches (backbone.patch) or larger images.");
        }

        var least = mask.LeastBlock > 0 ? mask.LeastBlock : Math.Max(1, patches / 12);
        return Cast(step.Batch("mask", DType.UInt8, [options.Batch, patches], new BlockMaskInput(grid, mask.Ratio, least, mask.Aspect)), DType.Float);
    }

    private static Value Target(IReadOnlyList<Value> blocks, int count)
    {
        if (count > blocks.Count)
        {
            throw new ArgumentException(
                $"top_blocks is {count}, but the backbone has {blocks.Count} blocks. "
                + $"Set top_blocks={Math.Max(1, blocks.Count / 2)} or backbone.depth={count}.");
        }

        var mean = blocks.TakeLast(count).Select(block => Normed(VisionTokens.Patches(block))).Aggregate((a, b) => a + b) / count;
        return StopGradient(Normed(mean));
    }

    private static Value Normed(Value tokens) => LayerNorm(tokens, FillLike(tokens, [tokens.Shape[2]], 1), FillLike(tokens, [tokens.Shape[2]], 0));

    /// <summary>The standard deviation over the patches of all images, averaged over the dimensions: near 0 when every patch is the same.</summary>
    private static Value Spread(Value tokens)
    {
        var rows = Reshape(tokens, [tokens.Shape[0] * tokens.Shape[1], tokens.Shape[2]]);
        var centred = rows - MeanKeep(rows, 0);
        return Mean(Sqrt(Mean(centred * centred, 0)));
    }
}
