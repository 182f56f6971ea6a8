using System.Globalization;
using System.Runtime.InteropServices;
using Jem.Graphs.Export;
using Jem.Kernels.Cuda;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Trainer.Sessions;

/// <summary>
/// Inputs and metrics on a GPU whose steps nobody waits for. While a step is computed, the inputs of the next are uploaded on a stream of their
/// own from pinned memory. The metrics of one element come back with every step, the others when they are asked for. One step may be under way
/// while the next is queued.
/// </summary>
internal sealed class StreamExchange : StepExchange
{
    // A run that ONNX Runtime does not wait for keeps the pinned memory that its kernels copied from (Concat, Split): one that it waits for frees
    // it. Recorded steps need theirs for ever, and run no kernel that would take more.
    private const int TidyEvery = 64;

    private readonly CudaStream _compute;
    private readonly OrtMemoryInfo _device;
    private readonly PortLayout _inputs, _metrics;
    private readonly Dictionary<string, HostTensor> _onHost;
    private readonly List<IDisposable> _owned = [];
    private readonly CudaStream _upload;
    private readonly CudaEvent _uploaded;
    private readonly CudaEvent[] _computed;
    private readonly CudaMemory _inputsToUpload, _metricsOnDevice, _metricsHere;
    private readonly CudaMemory[] _inputsOnDevice, _scalarsHere;
    private readonly RunOptions[] _run;
    private readonly RunOptions _tidying;
    private readonly bool _waits, _records;
    private long _steps;
    private int _last = 1;
    private bool _metricsAreHere;

    /// <param name="compute">The stream of the session.</param>
    /// <param name="device">The memory of the GPU.</param>
    /// <param name="onHost">Inputs that the program reads in the computer's memory.</param>
    /// <param name="waits">Whether every step is waited for, because something that it carries lies in the computer's memory.</param>
    /// <param name="records">Whether the session records steps as CUDA graphs.</param>
    public StreamExchange(
        CudaStream compute, OrtMemoryInfo device, IReadOnlyList<Port> inputs, IReadOnlyList<Port> metrics, IReadOnlySet<string> onHost, bool waits,
        bool records)
    {
        (_compute, _device, _waits, _records) = (compute, device, waits, records);
        _inputs = new PortLayout(inputs.Where(port => !onHost.Contains(port.Name)));
        _metrics = new PortLayout(metrics.OrderBy(PortLayout.LengthOf));
        _onHost = inputs.Where(port => onHost.Contains(port.Name)).ToDictionary(port => port.Name, port => new HostTensor(port));
        try
        {
            _upload = Own(new CudaStream());
            _uploaded = Own(new CudaEvent());
            _computed = [Own(new CudaEvent()), Own(new CudaEvent())];
            _inputsToUpload = Own(CudaMemory.Pinned(_inputs.Bytes));
            _inputsOnDevice = [Own(CudaMemory.OnDevice(_inputs.Bytes)), Own(CudaMemory.OnDevice(_inputs.Bytes))];
            _metricsOnDevice = Own(CudaMemory.OnDevice(_metrics.Bytes));
            _metricsHere = Own(CudaMemory.Pinned(_metrics.Bytes));
            _scalarsHere = [Own(CudaMemory.Pinned(_metrics.ScalarBytes)), Own(CudaMemory.Pinned(_metrics.ScalarBytes))];
            _run = [Own(Options(0)), Own(Options(1))];
            _tidying = Own(new RunOptions());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override int Lag => 1;

    public override Span<byte> Input(string name)
    {
        if (_onHost.TryGetValue(name, out var tensor))
        {
            return tensor.Bytes;
        }

        _uploaded.Synchronize();
        return _inputs.Of(name, _inputsToUpload);
    }

    public override ReadOnlySpan<byte> Metric(string name)
    {
        if (!_metricsAreHere)
        {
            _compute.Copy(_metricsOnDevice, _metricsHere, _metrics.Bytes);
            _compute.Synchronize();
            _metricsAreHere = true;
        }

        return _metrics.Of(name, _metricsHere);
    }

    public override float Scalar(string name, int ago)
    {
        var side = _last ^ ago;
        _computed[side].Synchronize();
        return MemoryMarshal.Read<float>(_metrics.Of(name, _scalarsHere[side]));
    }

    public override void Bind(OrtIoBinding binding, int side)
    {
        foreach (var (port, offset) in _inputs.Ports)
        {
            using var value = Value(port, _inputsOnDevice[side].Pointer + (nint)offset);
            binding.BindInput(port.Name, value);
        }

        foreach (var (name, tensor) in _onHost)
        {
            binding.BindInput(name, tensor.Value);
        }

        foreach (var (port, offset) in _metrics.Ports)
        {
            using var value = Value(port, _metricsOnDevice.Pointer + (nint)offset);
            binding.BindOutput(port.Name, value);
        }
    }

    public override void Run(InferenceSession session, OrtIoBinding binding, int side)
    {
        // The step before the last has read this side's inputs.
        _computed[side].Synchronize();
        _upload.Copy(_inputsToUpload, _inputsOnDevice[side], _inputs.Bytes);
        _upload.Record(_uploaded);
        _compute.WaitFor(_uploaded);
        session.RunWithBinding(_steps++ % TidyEvery == TidyEvery - 1 && !_records ? _tidying : _run[side], binding);
        _compute.Copy(_metricsOnDevice, _scalarsHere[side], _metrics.ScalarBytes);
        _compute.Record(_computed[side]);
        (_last, _metricsAreHere) = (side, false);
        if (_waits)
        {
            Wait();
        }
    }

    public override void Wait()
    {
        _upload.Synchronize();
        _compute.Synchronize();
    }

    public override bool TryWait()
    {
        try
        {
            Wait();
            return true;
        }
        catch (InvalidOperationException)
        {
            // The GPU has failed, which was said where it was noticed.
            return false;
        }
    }

    public override void End(InferenceSession session, OrtIoBinding binding)
    {
        if (_steps == 0)
        {
            return;
        }

        // A session that is deleted leaves what it kept to a thread of CUDA, and with it perhaps the memory of the session itself, which that thread
        // may not free: the process would end. A last run that is waited for frees all before.
        using var last = new RunOptions();
        last.AddRunConfigEntry("gpu_graph_id", "-1");
        session.RunWithBinding(last, binding);
    }

    public override void Dispose()
    {
        // A copy may still be under way to what is freed here.
        TryWait();
        _owned.AsEnumerable().Reverse().ToList().ForEach(owned => owned.Dispose());
        foreach (var tensor in _onHost.Values)
        {
            tensor.Dispose();
        }
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    // A side has bindings of its own, and so a graph of its own where CUDA graphs are captured.
    private static RunOptions Options(int side)
    {
        var options = new RunOptions();
        options.AddRunConfigEntry("disable_synchronize_execution_providers", "1");
        options.AddRunConfigEntry("gpu_graph_id", (side + 1).ToString(CultureInfo.InvariantCulture));
        return options;
    }

    private OrtValue Value(Port port, nint pointer) => OrtValue.CreateTensorValueWithData(
        _device, HostTensor.ElementType(Graphs.Ir.DTypes.Parse(port.Dtype)), [.. port.Shape], pointer, PortLayout.LengthOf(port));
}
