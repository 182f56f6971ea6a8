using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Kernels.Cuda;

namespace Jem.Trainer.Sessions;

/// <summary>Where each of some tensors lies in one block of memory. Those of one element that come first can be copied by themselves.</summary>
internal sealed class PortLayout
{
    // What memory of a GPU itself begins at.
    private const int Alignment = 256;

    private readonly Dictionary<string, (Port Port, long Offset)> _places = [];

    public PortLayout(IEnumerable<Port> ports)
    {
        foreach (var port in ports)
        {
            _places[port.Name] = (port, Bytes);
            Bytes += (LengthOf(port) + Alignment - 1) / Alignment * Alignment;
            ScalarBytes = port.Shape.All(dimension => dimension == 1) && ScalarBytes == Bytes - Alignment ? Bytes : ScalarBytes;
        }

        (Bytes, ScalarBytes) = (Math.Max(Bytes, Alignment), Math.Max(ScalarBytes, Alignment));
    }

    /// <summary>Of the whole block, which is never empty.</summary>
    public long Bytes { get; }

    /// <summary>Of the tensors of one element at the beginning; never 0.</summary>
    public long ScalarBytes { get; }

    public IEnumerable<(Port Port, long Offset)> Ports => _places.Values;

    /// <summary>Bytes of a tensor.</summary>
    public static long LengthOf(Port port) => port.Shape.Aggregate(1L, (product, dimension) => product * dimension) * DTypes.Parse(port.Dtype).Size();

    /// <summary>The bytes of a tensor in a block of this layout.</summary>
    public Span<byte> Of(string name, CudaMemory block)
    {
        var (port, offset) = _places[name];
        return block.Span(offset, (int)LengthOf(port));
    }
}
