namespace Peers.Compare;

/// <summary>All programs that are compared, with the settings that serve each of them best.</summary>
internal static class Contenders
{
    private static readonly string[] s_all = [""], s_resNet18 = ["resnet18-"];

    // glibc gives large tensors back to the system when they are freed, and a virtual machine pays dearly for every page that it takes anew.
    // tcmalloc keeps them, and where it is not installed glibc is told to. Threads that wait without a pause (OMP_WAIT_POLICY=active) would
    // take the cores of the side whose turn it is. OPENBLAS_… may be set for programs with older versions.
    private static readonly string[] s_best =
    [
        "env", "-u", "OPENBLAS_CORETYPE", "-u", "OPENBLAS_L2_SIZE", "PYTHONDONTWRITEBYTECODE=1", "OMP_WAIT_POLICY=passive",
        "LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4", "TCMALLOC_RELEASE_RATE=0",
        "GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=100000000000:glibc.malloc.top_pad=67108864",
    ];

    /// <summary>What the peers are given, in words.</summary>
    public const string Settings =
        "The peers have tcmalloc, which keeps memory that is freed (LD_PRELOAD, TCMALLOC_RELEASE_RATE=0), or glibc that is told to keep it "
        + "(GLIBC_TUNABLES), and OMP_WAIT_POLICY=passive";

    /// <param name="here">The folder with the peers' sources.</param>
    /// <param name="avx2">Whether nobody shall use AVX-512. There is no bfloat16 without it.</param>
    public static IReadOnlyList<Contender> All(string here, bool avx2)
    {
        var repository = Path.GetFullPath(Path.Combine(here, "..", ".."));
        var own = typeof(Contenders).Assembly.Location;
        string[] jem = [.. avx2 ? (string[])["env", "DOTNET_EnableAVX512=0"] : [], "dotnet", own, "step"];
        string[] peer =
        [
            Path.Combine(here, "with-glibc"), repository, .. s_best, $"OMP_NUM_THREADS={Turns.Threads}",
            .. avx2 ? (string[])["ONEDNN_MAX_CPU_ISA=AVX2", "ATEN_CPU_CAPABILITY=avx2", "MKL_ENABLE_INSTRUCTIONS=AVX2", "OPENBLAS_CORETYPE=Haswell"] : [],
        ];
        string[] sharp = [.. peer, "dotnet", Path.Combine(Path.GetDirectoryName(own)!, "..", "Peers.Torch", "Peers.Torch.dll")];
        string[] python = [.. peer, "python3", Path.Combine(here, "torch_step.py")];
        Contender[] all =
        [
            new(Contender.Jem, Contender.Kernels, jem, s_all),
            new(Contender.Jem, Contender.Portable, [.. jem, "--portable"], s_all),
            new(Contender.Jem, Contender.Bf16, [.. jem, "--precision", Contender.Bf16], JemStep.Has(Contender.Bf16) ? s_all : []),
            new(Contender.TorchSharp, Contender.Fp32, sharp, s_resNet18),
            new(Contender.TorchSharp, Contender.Bf16, [.. sharp, "--bf16"], s_resNet18),
            new(Contender.PyTorch, Contender.Fp32, python, s_all),
            new(Contender.PyTorch, Contender.ChannelsLast, [.. python, "--channels-last"], s_all),
            new(Contender.PyTorch, Contender.Bf16, [.. python, "--channels-last", "--bf16"], s_all),
        ];
        return avx2 ? [.. all.Where(contender => contender.Mode != Contender.Bf16)] : all;
    }
}
