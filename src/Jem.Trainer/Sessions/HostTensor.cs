using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Jem.Trainer.Sessions;

/// <summary>A tensor in host memory, as raw bytes for us and as a value for ONNX Runtime.</summary>
internal sealed class HostTensor : IDisposable
{
    public HostTensor(Port port)
    {
        (Type, Shape) = (DTypes.Parse(port.Dtype), [.. port.Shape]);
        Value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, ElementType(Type), Shape);
    }

    public DType Type { get; }

    public long[] Shape { get; }

    public OrtValue Value { get; }

    public Span<byte> Bytes => Value.GetTensorMutableRawData();

    public void Dispose() => Value.Dispose();

    public static TensorElementType ElementType(DType type) => (TensorElementType)type;
}
