namespace Jem.Trainer.Data;

/// <summary>A part of a mixture as it is specified.</summary>
/// <param name="Weight">Above 0; what counts is its share of the sum of all weights.</param>
public sealed record MixturePart(double Weight, DataSpec Spec);

/// <summary>Images of a set, one after the other, of which an epoch draws a fixed number.</summary>
/// <param name="First">The first one's index.</param>
/// <param name="PerEpoch">How many an epoch draws: as many as there are is each once.</param>
public sealed record ImageShare(int First, int Count, int PerEpoch);
