namespace Jem.Trainer.Collapse;

/// <summary>
/// From when on embeddings count as collapsed. Measured on Fashion-MNIST with ResNet-18 of width 16 and batches of 128 (CollapseMonitorTests has the
/// figures in time); the lowest values that healthy runs came by, and those at which runs without what prevents collapse ended:
/// <code>
///                          steps   std·√D   rank / most     loss
/// simclr                    400     0.99      19 / 128      4.17, from ln(2B − 1) = 5.54
/// simsiam                   200     0.85      80 / 256      −0.63
/// swav                      200     0.22       9 / 128      within 0.01 of ln K = 4.61 from step 60 to 105, then 4.54
/// dino                      150     0.17      13 / 64       within 0.01 of ln K = 6.24 from step 95 on
/// simsiam, no stop gradient 200     0.25       6 / 256      −0.96
/// swav, no Sinkhorn         200     0.01       1.7 / 128    0.003; std·√D is below 0.1 from step 50
/// </code>
/// The same of three epochs of each method's preset <c>small</c>, 1404 steps (benchmarks/quality/run), after step 50; the loss where it came
/// nearest to a tell-tale value:
/// <code>
///                                 std·√D   rank / most     loss
/// simclr                            0.93      38 / 128      0.14 from ln(2B − 1)
/// npid                              0.70      36 / 128      0.18 from ln n
/// moco                              0.32      11 / 128      0.26 from ln(K + 1)
/// pirl                              0.70      38 / 128      0.06 from ln n
/// barlow-twins                      0.89      26 / 256      0.96 from scale·D = 25.6
/// vicreg                            0.85      32 / 256      2.1 from 0.99·variance
/// swav                              0.43      11 / 128      0.02 from ln K
/// byol                              0.80      12 / 128      0.24 from 0
/// simsiam                           0.88     7.4 / 256      0.07 from −1
/// dino                              0.57     8.8 / 128      0.003 from ln K
/// data2vec                          0.42     9.0 / 128      0.03 from 0
/// </code>
/// None of them comes below a threshold. SimSiam at twice the rate does: rank 4.8, reported as dimensional from step 160 on, for embeddings that
/// are spread along five directions, as few as without the stopped gradient.
/// In 200 steps of 64 images of CIFAR-10, with ResNet-18 of width 8, the longest stays at a tell-tale value are 90 steps (DINO, preset small, which
/// learns) and 150 (SwAV, preset small, at ln K to its end, which is told of); SimCLR, MoCo, BYOL and SimSiam have none.
/// <c>jem collapse</c> has more pairs, in batches of 64: there healthy ranks end between 16 and 33 of 128, and those without what prevents
/// collapse between 2.5 and 7, but for VICReg without variance (43, at 0.02 of the first scale) and DINO without centre (23 of 64, at a loss of
/// 0.016, from 6.4).
/// </summary>
internal static class CollapseThresholds
{
    /// <summary>std·√D below which all images have nearly one embedding: their mean cosine is above 0.99.</summary>
    public const double Spread = 0.1;

    /// <summary>The effective rank below which the embeddings lie in few directions: 4 % of those that there could be, and never more than six.</summary>
    public static double Rank(int rows, int dimension) => 1 + (0.04 * Math.Min(128, Math.Min(rows, dimension)));

    /// <summary>How near a loss has to be to a tell-tale value. Healthy runs come near to them, too, but pass.</summary>
    /// <param name="first">The first loss: a tell-tale value of 0 has a size only beside it.</param>
    public static double LossWithin(double value, double first) => Math.Max(0.002 * Math.Max(1, Math.Abs(value)), 0.005 * Math.Abs(first - value));

    /// <summary>What is left of the embeddings' first scale when, with a loss that says the same, they have shrunk to one.</summary>
    public const double Shrunk = 0.1;

    /// <summary>
    /// The most steps for which a loss has to stay at a tell-tale value: three quarters of a short run, that it is told of before it ends.
    /// </summary>
    public static long LossPatience(long steps) => Math.Max(50, steps * 3 / 4);

    /// <summary>Steps for which a sign has to last: 50, or a fortieth of a long run, whose learning rate rises slowly.</summary>
    public static long Patience(long steps) => Math.Max(50, steps / 40);
}
