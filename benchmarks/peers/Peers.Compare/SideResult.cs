using System.Text.Json.Serialization;

namespace Peers.Compare;

/// <summary>What a side of a comparison came to.</summary>
/// <param name="Ms">Median of a step.</param>
/// <param name="LossDifference">How far its first loss is from that of jem's kernels.</param>
internal sealed record SideResult(
    [property: JsonIgnore] Contender Contender, string Name, double Ms, double FastestMs, double CpuMs, double PeakMib, long Parameters,
    double Loss, double LossDifference, double LossTolerance, string About)
{
    public bool SameLoss => LossDifference <= LossTolerance;

    public static SideResult Of(Side side, Side jem)
    {
        var (ms, fastest, cpu) = (Math.Round(side.MedianTime, 1), Math.Round(side.Times.Min(), 1), Math.Round(side.MedianCpuTime, 1));
        var (account, difference) = (side.Finish(), Math.Abs(side.FirstLoss - jem.FirstLoss));
        return new SideResult(
            side.Contender, side.Contender.Name, ms, fastest, cpu, Math.Round(account.PeakMib), account.Parameters, side.FirstLoss, difference,
            side.Contender.Tolerance, account.About);
    }
}
