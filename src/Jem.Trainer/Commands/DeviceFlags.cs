using System.CommandLine;
using Jem.Trainer.Configuration;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Commands;

/// <summary>The flags that choose where a program runs.</summary>
internal sealed class DeviceFlags
{
    /// <summary>More threads than any machine has cores for: each takes memory before it does anything.</summary>
    internal const int MostThreads = 1024;

    private readonly Option<string> _device = new("--device")
    {
        Description = "The processor that runs the graphs.",
        DefaultValueFactory = _ => "cpu",
        HelpName = "cpu|cuda",
    };
    private readonly Option<string?> _library = new("--ep-library")
    {
        Description = "With --device cuda: the plugin library with ONNX Runtime's CUDA execution provider [none: ONNX Runtime has it built in].",
        HelpName = "PATH",
    };
    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads of ONNX Runtime; 0 is one per core.",
        DefaultValueFactory = _ => 0,
        HelpName = "N",
    };
    private readonly Option<bool> _portable = new("--portable")
    {
        Description = "Compute with ONNX Runtime's own operators alone, as it does everywhere, without the faster kernels of jem.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _device, _library, _threads, _portable })
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
            Threads = Given(_threads) ? threads : others.Threads,
            Kernels = Given(_portable) ? !parsed.GetValue(_portable) : others.Kernels,
        };
    }
}
