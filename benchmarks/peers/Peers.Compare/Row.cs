namespace Peers.Compare;

/// <summary>The comparison of one work. Its members, in snake case, are the keys of the JSON; ratios are jem ÷ peer.</summary>
/// <param name="Sides">All sides; what follows is taken from them.</param>
/// <param name="OthersShare">The share of the machine's cores that other programs took in the turns that count.</param>
internal sealed record Row(string Work, IReadOnlyList<SideResult> Sides, int Turns, double OthersShare)
{
    public double JemMs => Jem.Ms;

    public double JemPortableMs => Portable.Ms;

    /// <summary>With products in bfloat16; null where jem has none.</summary>
    public double? JemBf16Ms => Find(Contender.Jem, Contender.Bf16)?.Ms;

    /// <summary>The peer in float32: TorchSharp where it knows the work, else PyTorch.</summary>
    public double PeerMs => Peer.Ms;

    public double Ratio => Divide(JemMs, PeerMs);

    public double PortableRatio => Divide(JemPortableMs, PeerMs);

    /// <summary>The fastest of all peers, whatever it computes in.</summary>
    public string BestPeer => Best.Name;

    public double BestPeerMs => Best.Ms;

    public double BestRatio => Divide(JemMs, BestPeerMs);

    /// <summary>jem in bfloat16 ÷ the fastest of all peers; null where jem has none.</summary>
    public double? BestBf16Ratio => JemBf16Ms is { } ms ? Divide(ms, BestPeerMs) : null;

    public double JemPeakMib => Jem.PeakMib;

    public double JemPortablePeakMib => Portable.PeakMib;

    public double PeerPeakMib => Peer.PeakMib;

    public double JemFastestMs => Jem.FastestMs;

    public double JemPortableFastestMs => Portable.FastestMs;

    public double PeerFastestMs => Peer.FastestMs;

    public double JemCpuMs => Jem.CpuMs;

    public double JemPortableCpuMs => Portable.CpuMs;

    public double PeerCpuMs => Peer.CpuMs;

    public long JemParameters => Jem.Parameters;

    public long PeerParameters => Peer.Parameters;

    public double JemLoss => Jem.Loss;

    public double PeerLoss => Peer.Loss;

    public double LossDifference => Math.Max(Peer.LossDifference, Math.Abs(Portable.Loss - PeerLoss));

    /// <summary>Whether all sides take the same step.</summary>
    public bool SameStep => Sides.All(side => side.SameLoss && side.Parameters == JemParameters);

    private SideResult Jem => Find(Contender.Jem, Contender.Kernels)!;

    private SideResult Portable => Find(Contender.Jem, Contender.Portable)!;

    private SideResult Peer => Find(Contender.TorchSharp, Contender.Fp32) ?? Find(Contender.PyTorch, Contender.Fp32)!;

    private SideResult Best => Sides.Where(side => side.Contender.IsPeer).MinBy(side => side.Ms)!;

    public SideResult? Find(string library, string mode) => Sides.FirstOrDefault(side => (side.Contender.Library, side.Contender.Mode) == (library, mode));

    private static double Divide(double ours, double theirs) => Math.Round(ours / theirs, 3);
}
