namespace Peers.Compare;

/// <summary>A program that can be a side of a comparison.</summary>
/// <param name="Library">Whose program it is, such as <c>PyTorch</c>; <see cref="Jem"/> for ours.</param>
/// <param name="Mode">How it computes.</param>
/// <param name="Start">What starts it; the folder of the training program comes behind.</param>
/// <param name="Works">The works that it knows, by the beginning of their names.</param>
internal sealed record Contender(string Library, string Mode, IReadOnlyList<string> Start, IReadOnlyList<string> Works)
{
    public const string Jem = "jem", TorchSharp = "TorchSharp", PyTorch = "PyTorch";
    public const string Kernels = "kernels", Portable = "portable", Fp32 = "fp32", ChannelsLast = "fp32, channels last", Bf16 = "bf16";

    public string Name => $"{Library} {Mode}";

    public bool IsPeer => Library != Jem;

    public IReadOnlyList<string> Command(string folder) => [.. Start, folder];

    /// <summary>
    /// How far its first loss may be from that of jem's kernels: they start from the same weights and images.
    /// </summary>
    public double Tolerance => Mode == Bf16 ? 3e-2 : 1e-4;

    public bool Knows(string work) => Works.Any(beginning => work.StartsWith(beginning, StringComparison.Ordinal));
}
