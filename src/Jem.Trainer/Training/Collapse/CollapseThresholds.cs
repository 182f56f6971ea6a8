namespace Jem.Trainer.Training.Collapse;

internal static class CollapseThresholds
{
    /// <summary>std·√D below which all embeddings count as one.</summary>
    public const double Spread = 0.1;

    /// <summary>The effective rank below which the embeddings count as lying in few directions.</summary>
    public static double Rank(int rows, int dimension) => 1 + (0.01 * Math.Min(rows, dimension));

    /// <summary>How near a loss is to a tell-tale value to count as being there.</summary>
    public static double LossWithin(double value) => 0.002 * Math.Max(1, Math.Abs(value));

    /// <summary>Steps for which a sign has to last: networks at their beginning show some of them.</summary>
    public static long Patience(long steps) => Math.Max(50, steps / 40);
}
