using Jem.Benchmarks.Sessions;

namespace Peers.Compare;

/// <summary>The comparison of one work. Its members, in snake case, are the keys of the JSON; ratios are jem ÷ peer.</summary>
/// <param name="JemMs">Median of a step with the C# kernels.</param>
/// <param name="JemPortableMs">Median of a step with the portable bodies.</param>
/// <param name="LossDifference">|jem − peer| of the first step's loss, with kernels or without: the same weights and images.</param>
/// <param name="OthersShare">The share of the machine's cores that other programs took in the turns that count.</param>
internal sealed record Row(
    string Work, double JemMs, double PeerMs, double Ratio, double JemPeakMib, double PeerPeakMib,
    double JemPortableMs, double PortableRatio, double JemPortablePeakMib,
    double JemFastestMs, double JemPortableFastestMs, double PeerFastestMs,
    double JemCpuMs, double JemPortableCpuMs, double PeerCpuMs,
    long JemParameters, long PeerParameters, double JemLoss, double PeerLoss, double LossDifference, int Turns, double OthersShare)
{
    private const double Tolerance = 1e-4;

    /// <summary>Whether both sides take the same step.</summary>
    public bool SameStep => JemParameters == PeerParameters && LossDifference <= Tolerance;

    public static Row Of(StepWork work, Side jem, Side portable, Side peer, double othersShare)
    {
        var (jemMs, portableMs, peerMs) = (jem.MedianTime, portable.MedianTime, peer.MedianTime);
        double[] cpu = [jem.MedianCpuTime, portable.MedianCpuTime, peer.MedianCpuTime];
        var (jemAccount, portableAccount, peerAccount) = (jem.Finish(), portable.Finish(), peer.Finish());
        return new Row(
            work.Name, Math.Round(jemMs, 1), Math.Round(peerMs, 1), Math.Round(jemMs / peerMs, 3),
            Math.Round(jemAccount.PeakMib), Math.Round(peerAccount.PeakMib),
            Math.Round(portableMs, 1), Math.Round(portableMs / peerMs, 3), Math.Round(portableAccount.PeakMib),
            Math.Round(jem.Times.Min(), 1), Math.Round(portable.Times.Min(), 1), Math.Round(peer.Times.Min(), 1),
            Math.Round(cpu[0], 1), Math.Round(cpu[1], 1), Math.Round(cpu[2], 1),
            jemAccount.Parameters, peerAccount.Parameters, jem.FirstLoss, peer.FirstLoss,
            Math.Max(Math.Abs(jem.FirstLoss - peer.FirstLoss), Math.Abs(portable.FirstLoss - peer.FirstLoss)), jem.Times.Count(), Math.Round(othersShare, 3));
    }
}
