using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Trainer.Sessions;

/// <summary>
/// The parameters and states of a stage, on the device, in two sets of buffers. One that no output updates is in both sets the same.
/// </summary>
internal sealed class CarriedTensors : IDisposable
{
    private readonly StageManifest _stage;
    private readonly List<Port> _ports;
    private readonly Dictionary<string, OrtValue>[] _sides = [[], []];
    private readonly IReadOnlySet<string> _onHost;
    private readonly OrtAllocator _allocator;
    private readonly TensorCopier? _copier;

    /// <param name="onHost">Those that the program reads in the computer's memory, wherever it runs.</param>
    public CarriedTensors(StageManifest stage, InferenceSession session, Device device, IReadOnlySet<string> onHost)
    {
        (_stage, _onHost) = (stage, onHost);
        _copier = device.Memory is null ? null : new TensorCopier(device);
        _allocator = device.Memory is null ? OrtAllocator.DefaultInstance : new OrtAllocator(session, device.Memory);
        _ports = [.. stage.Inputs.Where(port => port.Role is Role.Parameter or Role.State)];
        var updated = stage.Outputs.Select(port => port.Next).ToHashSet();
        try
        {
            foreach (var port in _ports)
            {
                _sides[0][port.Name] = Allocate(port);
                _sides[1][port.Name] = updated.Contains(port.Name) ? Allocate(port) : _sides[0][port.Name];
            }
        }
        catch
        {
            // The memory of a device may not do for all of them.
            Dispose();
            throw;
        }
    }

    /// <summary>Whether some lie in the computer's memory although the device has its own.</summary>
    public bool IsPartlyOnHost => _copier is not null && _ports.Exists(port => _onHost.Contains(port.Name));

    /// <summary>Binds the tensors of a side as inputs, and those of the other as what they become.</summary>
    public void Bind(OrtIoBinding binding, int side)
    {
        foreach (var port in _ports)
        {
            binding.BindInput(port.Name, _sides[side][port.Name]);
        }

        foreach (var port in _stage.Outputs.Where(port => port.Next is not null))
        {
            binding.BindOutput(port.Name, _sides[side ^ 1][port.Next!]);
        }
    }

    public IReadOnlyList<NamedTensor> Snapshot(int side) => [.. _ports.Select(port =>
    {
        var value = _sides[side][port.Name];
        if (IsHere(port))
        {
            return new NamedTensor(port.Name, DTypes.Parse(port.Dtype), port.Shape, value.GetTensorMutableRawData().ToArray());
        }

        using var host = new HostTensor(port);
        _copier!.Copy(host.Type, value, host.Value);
        return new NamedTensor(port.Name, host.Type, host.Shape, host.Bytes.ToArray());
    })];

    public void Restore(IReadOnlyList<NamedTensor> tensors, int side)
    {
        var given = tensors.ToDictionary(tensor => tensor.Name);
        var problem = _ports.Where(port => !given.ContainsKey(port.Name)).Select(port => $"'{port.Name}' is missing")
            .Concat(given.Keys.Except(_ports.Select(port => port.Name)).Select(name => $"'{name}' is unknown"))
            .Concat(_ports
                .Where(port => given.TryGetValue(port.Name, out var tensor) && !(tensor.Shape.SequenceEqual(port.Shape) && tensor.Type.Name() == port.Dtype))
                .Select(port => $"'{port.Name}' is {given[port.Name].Type.Name()}[{string.Join(',', given[port.Name].Shape)}], expected "
                    + $"{port.Dtype}[{string.Join(',', port.Shape)}]"))
            .FirstOrDefault();
        if (problem is not null)
        {
            throw new InvalidDataException($"The tensors are not those of this program: {problem}.");
        }

        foreach (var port in _ports)
        {
            if (IsHere(port))
            {
                given[port.Name].Data.CopyTo(_sides[side][port.Name].GetTensorMutableRawData());
                continue;
            }

            using var host = new HostTensor(port);
            given[port.Name].Data.CopyTo(host.Bytes);
            _copier!.Copy(host.Type, host.Value, _sides[side][port.Name]);
        }
    }

    public void Dispose()
    {
        foreach (var value in _sides.SelectMany(side => side.Values).Distinct())
        {
            value.Dispose();
        }

        if (_copier is not null)
        {
            _allocator.Dispose();
            _copier.Dispose();
        }
    }

    private OrtValue Allocate(Port port) => OrtValue.CreateAllocatedTensorValue(
        _onHost.Contains(port.Name) ? OrtAllocator.DefaultInstance : _allocator, HostTensor.ElementType(DTypes.Parse(port.Dtype)), [.. port.Shape]);

    private bool IsHere(Port port) => _copier is null || _onHost.Contains(port.Name);
}
