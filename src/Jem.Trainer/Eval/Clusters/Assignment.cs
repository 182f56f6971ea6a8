using Jem.Embed.Vectors;
using Jem.Trainer.Eval.Vectors;

namespace Jem.Trainer.Eval.Clusters;

/// <summary>The prototype of each image.</summary>
/// <param name="Prototypes">Of each image, that of its highest score.</param>
/// <param name="Scores">Of each image, its score there.</param>
/// <param name="Labelled">The scores [L,K] and classes of the images whose labels are used, in the order asked for.</param>
internal sealed record Assignment(int[] Prototypes, float[] Scores, LabelledVectors Labelled)
{
    /// <summary>Assigns images, a block at a time: all scores together would not fit.</summary>
    /// <param name="labelled">Rows of the images whose labels are used.</param>
    /// <exception cref="InvalidDataException">A score is not a finite number.</exception>
    public static Assignment Of(EmbeddedImages images, IReadOnlyList<int> labelled, CancellationToken cancellation)
    {
        var place = labelled.Select((row, i) => (row, i)).ToDictionary(pair => pair.row, pair => pair.i);
        var (prototypes, scores, kept, dimension, row) = (new int[images.Count], new float[images.Count], Array.Empty<float>(), 0, 0);
        foreach (var block in images.Blocks(cancellation))
        {
            dimension = block.Dimension;
            kept = kept.Length == 0 ? new float[labelled.Count * dimension] : kept;
            for (var i = 0; i < block.Count; i++, row++)
            {
                var ofImage = block.Row(i);
                prototypes[row] = PrototypeClasses.Of(ofImage);
                scores[row] = ofImage[prototypes[row]];
                if (!float.IsFinite(scores[row]))
                {
                    throw new InvalidDataException(
                        $"Image {row} (counted from 0) has the score {scores[row]} on a prototype; expected a finite number. "
                        + "The weights of the run are damaged, or it diverged: see its log.txt.");
                }

                if (place.TryGetValue(row, out var at))
                {
                    ofImage.CopyTo(kept.AsSpan(at * dimension));
                }
            }
        }

        int[] labels = [.. labelled.Select(image => images.Labels[image])];
        return new Assignment(prototypes, scores, new LabelledVectors(new VectorMatrix(kept, labelled.Count, dimension), labels, images.Classes));
    }
}
