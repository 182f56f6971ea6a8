using Jem.Embed.Vectors;

namespace Jem.Trainer.Eval;

/// <summary>Embeddings (or pixels) with the class of each row.</summary>
public sealed record LabelledVectors(VectorMatrix Vectors, int[] Labels, int Classes);
