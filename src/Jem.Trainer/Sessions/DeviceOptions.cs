using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Jem.Embed.Runtime.Cuda;
using Jem.Kernels;
using Jem.Shared;
using Jem.Trainer.Configuration;

namespace Jem.Trainer.Sessions;

/// <summary>Where a program runs.</summary>
public sealed record DeviceOptions
{
    internal const string Cpu = "cpu", Gpu = "cuda";

    /// <summary>The form with the fewest products for each convolution.</summary>
    public const string Auto = "auto";

    /// <summary>Convolutions as they are defined.</summary>
    public const string Direct = "direct";

    /// <summary>All products in float32.</summary>
    public const string Fp32 = "fp32";

    /// <summary>Factors of products and convolutions rounded to 10 bits of mantissa, which the tensor cores of a GPU take.</summary>
    public const string Tf32 = "tf32";

    /// <summary>Factors of convolutions and products rounded to bfloat16, sums, norms and losses in float32.</summary>
    public const string Bf16 = "bf16";

    private static readonly string[] s_names = [Cpu, Gpu], s_precisions = [Fp32, Tf32, Bf16], s_convolutions = [Auto, Direct];

    /// <summary><c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; init; } = Cpu;

    /// <summary>The library of a plugin execution provider; null without one.</summary>
    public string? EpLibrary { get; init; }

    /// <summary>
    /// <see cref="Fp32"/>; on a GPU <see cref="Tf32"/>, which null takes there; on a processor with AVX512_BF16 <see cref="Bf16"/>, which nobody gets
    /// without asking.
    /// </summary>
    public string? Precision { get; init; }

    /// <summary>Whether the same bytes follow from the same images on the same GPU, which costs some speed. On a processor they always do.</summary>
    public bool Deterministic { get; init; }

    /// <summary>
    /// Whether a step is recorded once and then started as a whole (a CUDA graph), which saves the time of starting its kernels one by one.
    /// It changes no byte.
    /// </summary>
    public bool Graph { get; init; }

    /// <summary>Whether images lie with channels last on a GPU, as its matrix units read them; null does so where these are used, for TF32.</summary>
    [JsonIgnore]
    public bool? ChannelsLast { get; init; }

    /// <summary>Threads of ONNX Runtime; 0 takes one per physical core.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Whether a thread that waits for the next operator keeps its core busy. That saves the time of waking up,
    /// and takes it from whoever else needs the core, such as the loader of the views.
    /// </summary>
    public bool Spin { get; init; }

    /// <summary>Where ONNX Runtime writes what each operator took, as JSON: the beginning of a file's name. Null writes nothing.</summary>
    [JsonIgnore]
    public string? Profile { get; init; }

    /// <summary>Whether the C# kernels stand in for the bodies of <c>jem</c> functions.</summary>
    public bool Kernels { get; init; } = true;

    /// <summary>
    /// How the C# kernels for the processor compute convolutions: <see cref="Auto"/> takes Winograd's transforms where they have fewer products,
    /// with a rounding of about 1e-6 of the results; <see cref="Direct"/> never does.
    /// </summary>
    public string Convolution { get; init; } = Auto;

    /// <exception cref="UsageException">There is no such device or precision, or an option is for another device.</exception>
    internal DeviceOptions Checked()
    {
        if (!s_names.Contains(Device))
        {
            throw new UsageException($"Unknown --device '{Device}'. Did you mean '{Nearest.To(Device, s_names)}'?");
        }

        if (Precision is { } precision && !s_precisions.Contains(precision))
        {
            throw new UsageException($"Unknown --precision '{precision}'. Did you mean '{Nearest.To(precision, s_precisions)}'?");
        }

        if (!s_convolutions.Contains(Convolution))
        {
            throw new UsageException($"Unknown --conv '{Convolution}'. Did you mean '{Nearest.To(Convolution, s_convolutions)}'?");
        }

        var misplaced = EpLibrary is not null ? "--ep-library"
            : Precision == Tf32 ? "--precision tf32"
            : Deterministic ? "--deterministic"
            : Graph ? "--cuda-graph"
            : null;
        if (Device == Cpu && misplaced is not null)
        {
            throw new UsageException($"{misplaced} is for a GPU: add --device cuda, or leave it out.");
        }

        if (Precision == Bf16)
        {
            CheckBf16();
        }

        if (Device == Gpu && Convolution == Direct)
        {
            throw new UsageException("--conv direct is for the processor: leave it out, or --device cuda.");
        }

        // A plugin is asked for nothing of the kind, and ONNX Runtime's own operators add up in any order.
        var unheard = Precision is not null ? "--precision" : Deterministic ? "--deterministic" : Graph ? "--cuda-graph" : null;
        return EpLibrary is not null && unheard is not null
            ? throw new UsageException($"{unheard} and --ep-library do not go together: a plugin is not told of it.")
            : Deterministic && !Kernels
            ? throw new UsageException("--deterministic and --portable do not go together: only the kernels of jem add up in one order. Leave one out.")
            : this;
    }

    private void CheckBf16()
    {
        var reason = Device == Gpu ? $"is for the processor: a GPU takes {Tf32} or {Fp32}"
            : !Kernels ? "and --portable do not go together: ONNX Runtime's operators compute in float32. Leave one out"
            : Convolution == Direct ? "and --conv direct do not go together: convolutions as they are defined are computed in float32. Leave one out"
            : !JemKernels.HasBf16 ? $"needs AVX512_BF16, which this processor, system or setting of .NET does not offer: leave it out, or take {Fp32}"
            : null;
        if (reason is not null)
        {
            throw new UsageException($"--precision {Bf16} {reason}.");
        }
    }

    /// <summary>How ONNX Runtime computes on the GPU; null on the processor.</summary>
    internal CudaOptions? Cuda => Device == Gpu
        ? new CudaOptions { Library = EpLibrary, Tf32 = Precision is not Fp32, TryAlgorithms = !Deterministic }
        : null;

    /// <summary>What a reader of a card should know of how the weights were computed; null for a processor, where it is as one expects.</summary>
    internal string? Remark => Device == Cpu
        ? Precision == Bf16 ? "on a processor, factors of convolutions and products in bfloat16, all else in float32" : null
        : $"on a GPU, products in {(Precision == Fp32 ? "float32" : "TF32")}; the same run gives {(Deterministic ? "the same" : "other")} bytes";

    /// <summary>What decides the bytes of a run, as <c>config.json</c> keeps it.</summary>
    internal JsonObject Identity() => Device == Cpu && Precision == Bf16
        ? new JsonObject { ["device"] = Device, ["kernels"] = Kernels, ["conv"] = Convolution, ["precision"] = Bf16 }
        : Device == Cpu && Kernels && Convolution != Direct ? new JsonObject { ["device"] = Device, ["kernels"] = Kernels, ["conv"] = Convolution }
        : Device == Cpu ? new JsonObject { ["device"] = Device, ["kernels"] = Kernels }
        : new JsonObject { ["device"] = Device, ["kernels"] = Kernels, ["precision"] = Precision ?? Tf32, ["deterministic"] = Deterministic };
}
