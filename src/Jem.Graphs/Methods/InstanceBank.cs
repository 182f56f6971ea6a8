using Jem.Graphs.Ir;
using Jem.Graphs.Losses;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;
using Jem.Graphs.Programs;
using static Jem.Graphs.Ops.Op;

namespace Jem.Graphs.Methods;

/// <summary>
/// A memory bank in a step, and the loss of finding an image in it: what instance discrimination (arXiv:1805.01978) and PIRL
/// (arXiv:1912.01991) share. The negatives are the same for all images of a batch: one product of matrices instead of a gather for each
/// image, and each image still meets K uniformly drawn ones.
/// </summary>
internal sealed class InstanceBank
{
    private readonly StepGraph _step;
    private readonly Net _net;
    private readonly BankOptions _options;
    private readonly Value _bank, _ids;
    private readonly Value? _negatives;
    private Value? _normalizer;

    /// <exception cref="ArgumentException">There are no more images than negatives.</exception>
    public InstanceBank(StepGraph step, BankOptions options)
    {
        (_step, _net, _options) = (step, step.Net, options);
        Check(options);
        _bank = MemoryBank.Create(_net, "bank", options.Image.Count, options.Dimension);
        _ids = step.Batch("image_ids", DType.Int64, [options.Batch], new ImageIdsInput());
        _negatives = options.Loss == "nce"
            ? step.Batch("negatives", DType.Int64, [options.Negatives], new RandomIdsInput(options.Negatives, options.Image.Count))
            : null;
    }

    /// <summary>The loss of a network that tells no image from another, and what keeps one from getting there.</summary>
    /// <param name="advice">As of <see cref="StepGraph.Advice"/>, besides what helps every bank.</param>
    public CollapseSigns Collapse(params IEnumerable<(string Setting, string Reason)> advice)
    {
        var (images, negatives) = ((double)_options.Image.Count, (double)_options.Negatives);
        var least = Math.Log(negatives + 1) + (negatives * Math.Log(1 + (1 / negatives)));
        return new([_negatives is null
            ? new(Math.Log(images), "ln n: every image of the bank is as likely as the right one")
            : new(least, "ln(K + 1) + K·ln(1 + 1/K): the right image is as likely as a random one")],
            _step.Advice(
                [("loss=softmax", "all images as negatives, which small data need"), .. advice, ("", "more epochs, for the bank learns of an image once in "
                    + "each")]));
    }

    /// <summary>The mean loss of embeddings [B,D], of any length, of the batch's images.</summary>
    public Value Loss(Value embeddings)
    {
        if (_negatives is null)
        {
            return InstanceSoftmaxLoss.Of(embeddings, _bank, _ids, _options.Temperature);
        }

        var z = Functional.Normalize(embeddings) / _options.Temperature;
        var positives = Sum(z * StopGradient(MemoryBank.Of(_bank, _ids)), 1);
        var negatives = Gemm(z, StopGradient(MemoryBank.Of(_bank, _negatives)), transB: true);
        _normalizer ??= Normalizer(negatives);
        return NceLoss.Of(positives, negatives, _normalizer, _options.Image.Count);
    }

    /// <summary>Mixes the embeddings [B,D] of the batch's images into the bank.</summary>
    public void Update(Value embeddings) => MemoryBank.Update(_net, _bank, _ids, Functional.Normalize(embeddings), _options.Keep);

    private static void Check(BankOptions options)
    {
        var (images, negatives) = (options.Image.Count, options.Negatives);
        if (options.Loss == "nce" && negatives >= images)
        {
            throw new ArgumentException(
                $"negatives is {negatives}, and there are {images} images: all of them are no more, and exact. "
                + $"Set loss=softmax, or negatives={Math.Max(1, images / 10)}.");
        }
    }

    /// <summary>Z is measured at the first step and stays (Wu et al., section 3.2): 0 says that it is not known yet.</summary>
    private Value Normalizer(Value energies)
    {
        var known = _net.State("normalizer", Shape.Scalar, Init.Zeros);
        var normalizer = Where(Greater(known, ScalarLike(known, 0)), known, StopGradient(NceLoss.Normalizer(energies, _options.Image.Count)));
        _net.Update(known, normalizer);
        return normalizer;
    }
}
