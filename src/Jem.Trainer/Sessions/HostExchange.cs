using System.Runtime.InteropServices;
using Jem.Graphs.Export;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Trainer.Sessions;

/// <summary>Inputs and metrics in host memory. Where the device has memory of its own, ONNX Runtime copies them to and fro, and every step waits.</summary>
/// <param name="copies">Whether the device has memory of its own.</param>
internal sealed class HostExchange(IEnumerable<Port> inputs, IEnumerable<Port> metrics, bool copies) : StepExchange
{
    private readonly Dictionary<string, HostTensor> _inputs = inputs.ToDictionary(port => port.Name, port => new HostTensor(port));
    private readonly Dictionary<string, HostTensor> _metrics = metrics.ToDictionary(port => port.Name, port => new HostTensor(port));
    private readonly RunOptions _run = new();

    public override int Lag => 0;

    public override Span<byte> Input(string name) => _inputs[name].Bytes;

    public override ReadOnlySpan<byte> Metric(string name) => _metrics[name].Bytes;

    public override float Scalar(string name, int ago) => MemoryMarshal.Read<float>(Metric(name));

    public override void Bind(OrtIoBinding binding, int side)
    {
        BindInputs(binding);
        foreach (var (name, tensor) in _metrics)
        {
            binding.BindOutput(name, tensor.Value);
        }
    }

    public override void Run(InferenceSession session, OrtIoBinding binding, int side)
    {
        if (copies)
        {
            // Binding is what copies to the device.
            BindInputs(binding);
            binding.SynchronizeBoundInputs();
        }

        session.RunWithBinding(_run, binding);
        binding.SynchronizeBoundOutputs();
    }

    public override void Wait()
    {
    }

    public override void Dispose()
    {
        foreach (var tensor in _inputs.Values.Concat(_metrics.Values))
        {
            tensor.Dispose();
        }

        _run.Dispose();
    }

    private void BindInputs(OrtIoBinding binding)
    {
        foreach (var (name, tensor) in _inputs)
        {
            binding.BindInput(name, tensor.Value);
        }
    }
}
