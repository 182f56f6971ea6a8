using System.Globalization;
using Jem.Trainer.Sessions;

namespace Jem.Checks.Cuda;

/// <summary>What is checked, on what.</summary>
internal sealed record CheckOptions
{
    /// <summary><c>cuda</c>; or <c>cpu</c>, which proves the checks and nothing of CUDA.</summary>
    public string Device { get; init; } = "cuda";

    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>How long part e trains; 0 leaves it out.</summary>
    public double Minutes { get; init; }

    /// <summary>The images of part e.</summary>
    public string Data { get; init; } = "";

    /// <summary>The folder of the report.</summary>
    public string Out { get; init; } = "";

    public static string Usage => string.Join('\n', Part.All.Select(part => $"  {part.Key}  {part.Value.About}").Prepend(
        "check-cuda [--device cuda|cpu] [--parts a,b,c,d,e] [--minutes N] [--data SPEC] [--out DIR]"));

    /// <summary>Reads a command line; null if it is none.</summary>
    public static CheckOptions? Parse(string[] args)
    {
        var options = new CheckOptions { Parts = [.. Part.All.Keys], Data = "synthetic:shapes?n=2000&size=32", Out = Path.GetFullPath("check-cuda") };
        foreach (var pair in args.Chunk(2))
        {
            var next = pair switch
            {
                ["--device", "cuda" or "cpu"] => options with { Device = pair[1] },
                ["--parts", var parts] when parts.Split(',').All(Part.All.ContainsKey) => options with { Parts = [.. parts.Split(',').Distinct()] },
                ["--minutes", var text] when double.TryParse(text, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 0 and <= 10_000 =>
                    options with { Minutes = minutes },
                ["--data", { Length: > 0 } data] => options with { Data = data },
                ["--out", { Length: > 0 } folder] => options with { Out = Path.GetFullPath(folder) },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        return options;
    }

    public bool OnGpu => Device == "cuda";

    /// <summary>The device with float32 products, as comparisons need it.</summary>
    /// <param name="kernels">Whether with the kernels of jem.</param>
    /// <param name="channelsLast">Whether images lie with channels last, as they do for fast products.</param>
    public DeviceOptions Exact(bool kernels, bool channelsLast = false) =>
        Fast(kernels) with { Precision = OnGpu ? DeviceOptions.Fp32 : null, ChannelsLast = channelsLast };

    /// <summary>The device as training takes it.</summary>
    public DeviceOptions Fast(bool kernels) => new() { Device = Device, Kernels = kernels };

    /// <summary>The processor with ONNX Runtime's own operators: the oracle.</summary>
    public static DeviceOptions Oracle { get; } = new() { Kernels = false };
}
