using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace Jem.Trainer.Sessions;

/// <summary>
/// Copies tensors between the computer's memory and a device's, by a graph that does nothing else: the session moves what it
/// is given. Unlike <see cref="OrtEnv.CopyTensors"/>, which knows only devices of registered libraries, this works with
/// every execution provider, the CPU's among them.
/// </summary>
internal sealed class TensorCopier(Device device) : IDisposable
{
    private readonly Dictionary<DType, InferenceSession> _sessions = [];
    private readonly RunOptions _run = new();

    /// <summary>Copies a tensor to one of the same type and shape, wherever they are.</summary>
    public void Copy(DType type, OrtValue from, OrtValue to)
    {
        if (!_sessions.TryGetValue(type, out var session))
        {
            _sessions[type] = session = device.Open(Identity(type), threads: 1);
        }

        using var binding = session.CreateIoBinding();
        binding.BindInput("from", from);
        binding.BindOutput("to", to);
        binding.SynchronizeBoundInputs();
        session.RunWithBinding(_run, binding);
        binding.SynchronizeBoundOutputs();
    }

    public void Dispose()
    {
        foreach (var session in _sessions.Values)
        {
            session.Dispose();
        }

        _run.Dispose();
    }

    private static ModelProto Identity(DType type)
    {
        ValueInfoProto Info(string name) => new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type } } };
        return new ModelProto
        {
            IrVersion = OnnxWriter.IrVersion,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = OnnxWriter.Opset } },
            Graph = new GraphProto
            {
                Name = "copy",
                Input = { Info("from") },
                Output = { Info("to") },
                Node = { new NodeProto { OpType = "Identity", Input = { "from" }, Output = { "to" } } },
            },
        };
    }
}
