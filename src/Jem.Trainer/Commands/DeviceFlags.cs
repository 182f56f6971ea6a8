using System.CommandLine;
using Jem.Embed.Runtime;
using Jem.Trainer.Configuration;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Commands;

/// <summary>The flags that choose where a program runs.</summary>
internal sealed class DeviceFlags
{
    /// <summary>More threads than any machine has cores for: each takes memory before it does anything.</summary>
    internal const int MostThreads = 1024;

    private readonly Option<string> _device = Device();
    private readonly Option<string?> _library = new("--ep-library")
    {
        Description = "With --device cuda: a plugin library with ONNX Runtime's CUDA [none: this program has it built in].",
        HelpName = "PATH",
    };
    private readonly Option<string?> _precision = new("--precision")
    {
        Description = "float32 for all products; or factors rounded to TF32 on a GPU [there tf32], or to bfloat16 on a processor with AVX512_BF16, which "
            + "is faster [here fp32].",
        HelpName = $"{DeviceOptions.Fp32}|{DeviceOptions.Tf32}|{DeviceOptions.Bf16}",
    };
    private readonly Option<bool> _deterministic = new("--deterministic")
    {
        Description = "With --device cuda: the same bytes from the same images on the same GPU, at some cost. A processor always gives them.",
    };
    private readonly Option<bool> _graph = new("--cuda-graph")
    {
        Description = "With --device cuda: record a step once and start it as a whole, which helps where starting its many small kernels takes longest.",
    };
    private readonly Option<string?> _convolution = new("--conv")
    {
        Description = "On the processor: Winograd's transforms where they have fewer products, or convolutions as they are defined [auto].",
        HelpName = $"{DeviceOptions.Auto}|{DeviceOptions.Direct}",
    };
    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads of ONNX Runtime; 0 is one per physical core.",
        DefaultValueFactory = _ => 0,
        HelpName = "N",
    };
    private readonly Option<bool> _portable = new("--portable")
    {
        Description = "Compute with ONNX Runtime's own operators alone, as it does everywhere, without the faster kernels of jem.",
    };

    /// <summary>The flag that chooses the processor.</summary>
    public static Option<string> Device() => new("--device")
    {
        Description = "What computes: the processor, or an NVIDIA GPU.",
        DefaultValueFactory = _ => "cpu",
        HelpName = "cpu|cuda",
    };

    /// <summary>How an encoder is run on what the flag says.</summary>
    /// <exception cref="UsageException">There is no such device.</exception>
    public static EncoderOptions Encoder(ParseResult parsed, Option<string> device) =>
        new() { Cuda = new DeviceOptions { Device = parsed.GetValue(device)! }.Checked().Cuda is { } cuda ? cuda with { TryAlgorithms = false } : null };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _device, _library, _precision, _deterministic, _graph, _convolution, _threads, _portable })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Lays the flags that were written over what holds without them.</summary>
    /// <exception cref="UsageException">A value is out of its range.</exception>
    public Func<DeviceOptions, DeviceOptions> Options(ParseResult parsed)
    {
        bool Given(Option option) => parsed.GetResult(option) is { Implicit: false };
        var threads = parsed.GetValue(_threads);
        if (threads is < 0 or > MostThreads)
        {
            throw new UsageException($"--threads is {threads}; expected a whole number from 0 to {MostThreads:N0}.");
        }

        return others => others with
        {
            Device = Given(_device) ? parsed.GetValue(_device)! : others.Device,
            EpLibrary = parsed.GetValue(_library) ?? others.EpLibrary,
            Precision = parsed.GetValue(_precision) ?? others.Precision,
            Deterministic = Given(_deterministic) ? parsed.GetValue(_deterministic) : others.Deterministic,
            Graph = Given(_graph) ? parsed.GetValue(_graph) : others.Graph,
            Convolution = parsed.GetValue(_convolution) ?? others.Convolution,
            Threads = Given(_threads) ? threads : others.Threads,
            Kernels = Given(_portable) ? !parsed.GetValue(_portable) : others.Kernels,
        };
    }
}
