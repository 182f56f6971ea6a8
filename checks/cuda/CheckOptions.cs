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

    public bool OnGpu => Device == "cuda";

    /// <summary>The device with float32 products, as comparisons need it.</summary>
    /// <param name="kernels">Whether with the kernels of jem.</param>
    public DeviceOptions Exact(bool kernels) => Fast(kernels) with { Precision = OnGpu ? DeviceOptions.Fp32 : null };

    /// <summary>The device as training takes it.</summary>
    public DeviceOptions Fast(bool kernels) => new() { Device = Device, Kernels = kernels };

    /// <summary>The processor with ONNX Runtime's own operators: the oracle.</summary>
    public static DeviceOptions Oracle { get; } = new() { Kernels = false };
}
