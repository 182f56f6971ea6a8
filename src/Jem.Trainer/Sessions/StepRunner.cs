using System.Runtime.InteropServices;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Shared;
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
    private readonly HashSet<string> _unset = [];
    private readonly OrtIoBinding[] _bindings = new OrtIoBinding[2];
    private readonly RunOptions _run = new();
    private readonly bool _onHost;
    private int _side;

    /// <param name="programFolder">The folder with <c>program.json</c>.</param>
    /// <param name="kinds">The kinds of recipes that the program may have; null for those of these libraries.</param>
    /// <exception cref="InvalidDataException">The manifest is no program's or lacks the stage, or the files do not belong together.</exception>
    public StepRunner(string programFolder, Device device, ProgramKinds? kinds = null, string stageName = ProgramStages.Step)
    {
        var manifest = ReadManifest(Path.Combine(programFolder, ProgramWriter.ManifestFile), kinds);
        _stage = manifest.Stages.FirstOrDefault(stage => stage.Name == stageName)
            ?? throw new InvalidDataException($"The program in {programFolder} has no stage '{stageName}'.");
        _onHost = device.Memory is null;
        _session = device.Open(Path.Combine(programFolder, _stage.File));
        try
        {
            StageContract.Check(_stage, _session);
            _carried = new CarriedTensors(_stage, _session, device);
            using (var initial = File.OpenRead(Path.Combine(programFolder, manifest.Initial)))
            {
                _carried.Restore(Safetensors.Read(initial), _side);
            }

            foreach (var port in _stage.Inputs.Where(port => port.Role is Role.Batch or Role.Scalar))
            {
                _fed[port.Name] = new HostTensor(port);
                if (port.Default is { } value)
                {
                    SetScalar(port.Name, value);
                }
                else if (port.Role == Role.Scalar)
                {
                    _unset.Add(port.Name);
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
        catch
        {
            Dispose();
            throw;
        }
    }

    public StageManifest Stage => _stage;

    /// <summary>The bytes of a batch input, to be filled before a step.</summary>
    /// <exception cref="KeyNotFoundException">There is no such input.</exception>
    public Span<byte> Batch(string name) => Fed(name, Role.Batch).Bytes;

    /// <summary>Sets a scalar input for the steps to come.</summary>
    /// <exception cref="KeyNotFoundException">There is no such input.</exception>
    public void SetScalar(string name, double value)
    {
        Fed(name, Role.Scalar).Scalar = value;
        _unset.Remove(name);
    }

    /// <summary>A float32 output of the last step; a scalar has one element.</summary>
    /// <exception cref="KeyNotFoundException">There is no such metric.</exception>
    public ReadOnlySpan<float> Metric(string name) => MemoryMarshal.Cast<byte, float>(Reported(name).Bytes);

    public long[] MetricShape(string name) => Reported(name).Shape;

    /// <summary>One step: everything that is carried moves on.</summary>
    /// <exception cref="InvalidOperationException">A scalar has neither a value nor a default.</exception>
    public void Step()
    {
        if (_unset.Count > 0)
        {
            throw new InvalidOperationException($"The scalar input '{_unset.First()}' of the stage '{_stage.Name}' has no default: give it a schedule.");
        }

        var binding = _bindings[_side];
        if (!_onHost)
        {
            // Binding is what copies to the device.
            foreach (var (name, tensor) in _fed)
            {
                binding.BindInput(name, tensor.Value);
            }

            binding.SynchronizeBoundInputs();
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

        // A program that is refused while it is opened carries nothing yet.
        _carried?.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private static ProgramManifest ReadManifest(string path, ProgramKinds? kinds)
    {
        try
        {
            return ProgramManifest.Parse(File.ReadAllText(path), kinds);
        }
        catch (FormatException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
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

    private HostTensor Fed(string name, Role role) => _fed.TryGetValue(name, out var tensor) && tensor.Port.Role == role
        ? tensor
        : throw Unknown($"{role} input".ToLowerInvariant(), name, _fed.Values.Where(known => known.Port.Role == role).Select(known => known.Port.Name));

    private HostTensor Reported(string name) => _metrics.TryGetValue(name, out var tensor) ? tensor : throw Unknown("metric", name, _metrics.Keys);

    private KeyNotFoundException Unknown(string kind, string name, IEnumerable<string> known) => new(
        $"The stage '{_stage.Name}' has no {kind} '{name}'. {(known.Any() ? $"Did you mean '{Nearest.To(name, known)}'?" : "It has none at all.")}");
}
