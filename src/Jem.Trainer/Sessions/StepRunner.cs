using System.Runtime.InteropServices;
using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Programs;
using Jem.Kernels.Cuda;
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
    private readonly StepExchange _exchange;
    private readonly CudaStream? _stream;
    private readonly bool _records;
    private readonly HashSet<string> _unset = [];
    private readonly OrtIoBinding[] _bindings = new OrtIoBinding[2];
    private int _side;

    /// <param name="programFolder">The folder with <c>program.json</c>.</param>
    /// <param name="kinds">The kinds of recipes that the program may have; null for those of these libraries.</param>
    /// <exception cref="InvalidDataException">The manifest is no program's or lacks the stage, or the files do not belong together.</exception>
    public StepRunner(string programFolder, Device device, ProgramKinds? kinds = null, string stageName = ProgramStages.Step)
    {
        var manifest = ReadManifest(Path.Combine(programFolder, ProgramWriter.ManifestFile), kinds);
        _stage = manifest.Stages.FirstOrDefault(stage => stage.Name == stageName)
            ?? throw new InvalidDataException($"The program in {programFolder} has no stage '{stageName}'.");
        (_stream, _records) = (device.NewStream(), device.RecordsSteps);
        try
        {
            _session = device.Open(Path.Combine(programFolder, _stage.File), _stream);
            StageContract.Check(_stage, _session);
            var onHost = device.InputsOnHost(_session);
            if (device.RecordsSteps && onHost.Count > 0)
            {
                throw new InvalidDataException(
                    $"--cuda-graph: the program reads its input '{onHost.First()}' in the computer's memory, which a recorded step does not do again. Leave "
                    + "--cuda-graph out.");
            }

            _carried = new CarriedTensors(_stage, _session, device, onHost);
            using (var initial = File.OpenRead(Path.Combine(programFolder, manifest.Initial)))
            {
                _carried.Restore(Safetensors.Read(initial), _side);
            }

            List<Port> fed = [.. _stage.Inputs.Where(port => port.Role is Role.Batch or Role.Scalar)];
            List<Port> metrics = [.. _stage.Outputs.Where(port => port.Role == Role.Metric)];
            _exchange = _stream is null
                ? new HostExchange(fed, metrics, copies: device.Memory is not null)
                : new StreamExchange(
                _stream, device.Memory!, fed, metrics, onHost, waits: _carried.IsPartlyOnHost, device.RecordsSteps);
            foreach (var port in fed.Where(port => port.Role == Role.Scalar))
            {
                _unset.Add(port.Name);
                if (port.Default is { } value)
                {
                    SetScalar(port.Name, value);
                }
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
    public Span<byte> Batch(string name) => _exchange.Input(Port(_stage.Inputs, name, Role.Batch).Name);

    /// <summary>Sets a scalar input for the steps to come.</summary>
    /// <exception cref="KeyNotFoundException">There is no such input.</exception>
    public void SetScalar(string name, double value)
    {
        HostTensor.Write(DTypes.Parse(Port(_stage.Inputs, name, Role.Scalar).Dtype), _exchange.Input(name), value);
        _unset.Remove(name);
    }

    /// <summary>A float32 output of the last step; a scalar has one element. It waits for the step.</summary>
    /// <exception cref="KeyNotFoundException">There is no such metric.</exception>
    public ReadOnlySpan<float> Metric(string name) => MemoryMarshal.Cast<byte, float>(_exchange.Metric(Port(_stage.Outputs, name, Role.Metric).Name));

    public long[] MetricShape(string name) => [.. Port(_stage.Outputs, name, Role.Metric).Shape];

    /// <summary>Steps that may still be under way when <see cref="Step"/> returns: 0 on a processor, 1 on a GPU.</summary>
    public int Lag => _exchange.Lag;

    /// <summary>A float32 output of one element. It waits for its step; before the first it is 0.</summary>
    /// <param name="ago">0 for the last step, up to <see cref="Lag"/> for one before.</param>
    /// <exception cref="KeyNotFoundException">There is no such metric.</exception>
    public float ScalarMetric(string name, int ago) => _exchange.Scalar(Port(_stage.Outputs, name, Role.Metric).Name, ago);

    /// <summary>One step: everything that is carried moves on. What fails on a GPU may be told by a later call.</summary>
    /// <exception cref="InvalidOperationException">A scalar has neither a value nor a default.</exception>
    public void Step()
    {
        if (_unset.Count > 0)
        {
            throw new InvalidOperationException($"The scalar input '{_unset.First()}' of the stage '{_stage.Name}' has no default: give it a schedule.");
        }

        _exchange.Run(_session, _bindings[_side], _side);
        _side ^= 1;
    }

    /// <summary>
    /// Ends the profile that <see cref="DeviceOptions.Profile"/> asked for; steps after it take the time that they take without one.
    /// </summary>
    /// <returns>The file of this session. Those that copy tensors write others.</returns>
    internal string EndProfiling()
    {
        _exchange.Wait();
        return _session.EndProfiling();
    }

    /// <summary>A copy of every parameter and state, by name.</summary>
    public IReadOnlyList<NamedTensor> Snapshot()
    {
        _exchange.Wait();
        return _carried.Snapshot(_side);
    }

    /// <summary>Continues from a snapshot: the same bytes follow as followed then.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, unknown, or of another shape.</exception>
    public void Restore(IReadOnlyList<NamedTensor> tensors)
    {
        _exchange.Wait();
        _carried.Restore(tensors, _side);
    }

    public void Dispose()
    {
        // A program that is refused while it is opened has only some of them.
        var works = _exchange?.TryWait() ?? true;
        if (works && _bindings[_side] is { } binding)
        {
            _exchange!.End(_session, binding);
        }

        Array.ForEach(_bindings, binding => binding?.Dispose());
        _exchange?.Dispose();
        _carried?.Dispose();
        if (works || !_records)
        {
            // After an error of the GPU, ONNX Runtime ends the process when it deletes what it has recorded; there is an error to tell first.
            _session?.Dispose();
            _stream?.Dispose();
        }
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
        _exchange.Bind(binding, side);
        _carried.Bind(binding, side);
        return binding;
    }

    private Port Port(IReadOnlyList<Port> ports, string name, Role role)
    {
        var known = ports.Where(port => port.Role == role);
        return known.FirstOrDefault(port => port.Name == name) ?? throw new KeyNotFoundException(
            $"The stage '{_stage.Name}' has no {(role == Role.Metric ? "metric" : $"{role} input".ToLowerInvariant())} '{name}'. "
            + (known.Any() ? $"Did you mean '{Nearest.To(name, known.Select(port => port.Name))}'?" : "It has none at all."));
    }
}
