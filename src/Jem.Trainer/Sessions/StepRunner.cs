using System.Runtime.InteropServices;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Trainer.Sessions;

/// <summary>
/// Runs a stage of a training program step by step. It knows inputs and outputs by their roles only.
/// Parameters and states lie in two sets of buffers: a step reads one and writes the other, then they swap,
/// because nothing orders other readers of a buffer before its update.
/// </summary>
public sealed class StepRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly StageManifest _stage;
    private readonly CarriedTensors _carried;
    private readonly Dictionary<string, HostTensor> _fed = [];
    private readonly Dictionary<string, HostTensor> _metrics = [];
    private readonly OrtIoBinding[] _bindings = new OrtIoBinding[2];
    private readonly RunOptions _run = new();
    private readonly bool _onHost;
    private int _side;

    /// <param name="programFolder">The folder with <c>program.json</c>.</param>
    /// <exception cref="InvalidDataException">The files of the program do not belong together.</exception>
    public StepRunner(string programFolder, Device device, string stageName = "step")
    {
        var manifest = ProgramManifest.Parse(File.ReadAllText(Path.Combine(programFolder, ProgramWriter.ManifestFile)));
        _stage = manifest.Stage(stageName);
        _onHost = device.Memory is null;
        _session = device.Open(Path.Combine(programFolder, _stage.File));
        CheckNames();
        _carried = new CarriedTensors(_stage, _session, device.Memory);
        using (var initial = File.OpenRead(Path.Combine(programFolder, manifest.Initial)))
        {
            _carried.Restore(Safetensors.Read(initial), _side);
        }

        foreach (var port in _stage.Inputs.Where(port => port.Role is Role.Batch or Role.Scalar))
        {
            _fed[port.Name] = new HostTensor(port);
            if (port.Role == Role.Scalar)
            {
                SetScalar(port.Name, port.Default ?? 0);
            }
        }

        foreach (var port in _stage.Outputs.Where(port => port.Role == Role.Metric))
        {
            _metrics[port.Name] = new HostTensor(port);
        }

        for (var side = 0; side < 2; side++)
        {
            _bindings[side] = Bind(side);
        }
    }

    public StageManifest Stage => _stage;

    /// <summary>The bytes of a batch input, to be filled before a step.</summary>
    public Span<byte> Batch(string name) => Fed(name).Bytes;

    /// <summary>Sets a float32 scalar input for the steps to come.</summary>
    public void SetScalar(string name, double value) => MemoryMarshal.Cast<byte, float>(Fed(name).Bytes)[0] = (float)value;

    /// <summary>A float32 output of the last step; a scalar has one element.</summary>
    public ReadOnlySpan<float> Metric(string name) => MemoryMarshal.Cast<byte, float>(_metrics[name].Bytes);

    public long[] MetricShape(string name) => _metrics[name].Shape;

    /// <summary>One step: everything that is carried moves on.</summary>
    public void Step()
    {
        var binding = _bindings[_side];
        if (!_onHost)
        {
            // Binding is what copies to the device.
            foreach (var (name, tensor) in _fed)
            {
                binding.BindInput(name, tensor.Value);
            }
        }

        _session.RunWithBinding(_run, binding);
        binding.SynchronizeBoundOutputs();
        _side ^= 1;
    }

    /// <summary>A copy of every parameter and state, by name.</summary>
    public IReadOnlyList<NamedTensor> Snapshot() => _carried.Snapshot(_side);

    /// <summary>Continues from a snapshot: the same bytes follow as followed then.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, unknown, or of another shape.</exception>
    public void Restore(IReadOnlyList<NamedTensor> tensors) => _carried.Restore(tensors, _side);

    public void Dispose()
    {
        Array.ForEach(_bindings, binding => binding?.Dispose());
        foreach (var tensor in _fed.Values.Concat(_metrics.Values))
        {
            tensor.Dispose();
        }

        _carried.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private OrtIoBinding Bind(int side)
    {
        var binding = _session.CreateIoBinding();
        foreach (var (name, tensor) in _fed)
        {
            binding.BindInput(name, tensor.Value);
        }

        foreach (var (name, tensor) in _metrics)
        {
            binding.BindOutput(name, tensor.Value);
        }

        _carried.Bind(binding, side);
        return binding;
    }

    private HostTensor Fed(string name) => _fed.TryGetValue(name, out var tensor)
        ? tensor
        : throw new KeyNotFoundException($"The stage '{_stage.Name}' has no batch or scalar input '{name}'. It has {string.Join(", ", _fed.Keys)}.");

    private void CheckNames()
    {
        Check("inputs", _session.InputMetadata.Keys, _stage.Inputs);
        Check("outputs", _session.OutputMetadata.Keys, _stage.Outputs);
    }

    private void Check(string what, IEnumerable<string> inModel, IReadOnlyList<Port> inManifest)
    {
        var names = inManifest.Select(port => port.Name).ToHashSet();
        names.SymmetricExceptWith(inModel);
        if (names.Count > 0)
        {
            throw new InvalidDataException($"program.json and {_stage.File} disagree on the {what} {string.Join(", ", names.Order().Take(5))}. They belong to different programs; write the program again with `jem graph`.");
        }
    }
}
