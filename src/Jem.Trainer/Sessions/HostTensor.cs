using System.Runtime.InteropServices;
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
        (Port, Type, Shape) = (port, DTypes.Parse(port.Dtype), [.. port.Shape]);
        Value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, ElementType(Type), Shape);
    }

    public Port Port { get; }

    public DType Type { get; }

    public long[] Shape { get; }

    public OrtValue Value { get; }

    public Span<byte> Bytes => Value.GetTensorMutableRawData();

    public void Dispose() => Value.Dispose();

    /// <summary>Writes the one element of a scalar, whatever its type.</summary>
    public static void Write(DType type, Span<byte> scalar, double value)
    {
        switch (type)
        {
            case DType.Float: MemoryMarshal.Write(scalar, (float)value); break;
            case DType.Double: MemoryMarshal.Write(scalar, value); break;
            case DType.Int64: MemoryMarshal.Write(scalar, (long)value); break;
            case DType.Int32: MemoryMarshal.Write(scalar, (int)value); break;
            default: scalar[0] = (byte)value; break;
        }
    }

    public static TensorElementType ElementType(DType type) => (TensorElementType)type;
}
