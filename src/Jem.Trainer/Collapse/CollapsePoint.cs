namespace Jem.Trainer.Collapse;

/// <summary>What one logged step shows of the embeddings.</summary>
/// <param name="Deviation">Standard deviation of the unit embeddings, mean over dimensions; healthy is about 1/√D.</param>
/// <param name="EffectiveRank">RankMe of the embeddings.</param>
/// <param name="Scale">Standard deviation of the embeddings as they are, mean over dimensions.</param>
public readonly record struct CollapsePoint(long Step, double Loss, double Deviation, double EffectiveRank, double Scale);
