namespace Jem.Shared;

/// <summary>ONNX Runtime's own reports to Microsoft, which it makes unless a variable of the environment forbids it.</summary>
internal static class Telemetry
{
    /// <summary>Forbids them in this process. It must be called before ONNX Runtime is used.</summary>
    public static void Disable() => SystemEnvironment.Set("ORT_DISABLE_TELEMETRY", "1");
}
