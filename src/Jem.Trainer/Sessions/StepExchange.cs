using Microsoft.ML.OnnxRuntime;

namespace Jem.Trainer.Sessions;

/// <summary>What a step is given besides what is carried, and what it tells: batch, scalars and metrics of a stage, wherever they lie.</summary>
internal abstract class StepExchange : IDisposable
{
    /// <summary>Steps that may not be done yet when <see cref="Run"/> returns.</summary>
    public abstract int Lag { get; }

    /// <summary>The bytes of an input: they hold for all steps to come until they are written again.</summary>
    public abstract Span<byte> Input(string name);

    /// <summary>The bytes of a metric of the last step; waits for it.</summary>
    public abstract ReadOnlySpan<byte> Metric(string name);

    /// <summary>A float32 metric of one element; waits for its step.</summary>
    /// <param name="ago">0 for the last step, up to <see cref="Lag"/>. Zero before the first step.</param>
    public abstract float Scalar(string name, int ago);

    /// <summary>Binds inputs and metrics for the steps of a side.</summary>
    public abstract void Bind(OrtIoBinding binding, int side);

    /// <summary>Runs a step of a side, or begins to. Sides alternate.</summary>
    public abstract void Run(InferenceSession session, OrtIoBinding binding, int side);

    /// <summary>Waits until all steps are done.</summary>
    public abstract void Wait();

    /// <summary>Waits until all steps are done, if the device still works.</summary>
    public virtual bool TryWait() => true;

    /// <summary>Frees what a session kept of its steps, before it is deleted.</summary>
    /// <param name="binding">Of any side: what it writes is of no use any more.</param>
    public virtual void End(InferenceSession session, OrtIoBinding binding)
    {
    }

    public abstract void Dispose();
}
