using System.Diagnostics;

namespace Jem.Trainer.Data.Loader;

/// <summary>
/// Hands a fixed number of buffers round between threads that fill them and one that uses them, in the order of the steps.
/// A step is only claimed with a free buffer in hand, so that the oldest one always gets done.
/// </summary>
internal sealed class BatchRing
{
    private readonly object _gate = new();
    private readonly Stack<ViewBatch> _free = new();
    private readonly HashSet<ViewBatch> _used = [];
    private readonly Dictionary<long, ViewBatch> _ready = [];
    private readonly int _depth;
    private long _claimed;
    private long _next;
    private bool _closed;

    /// <param name="create">Makes a buffer that calls its argument when it is given back.</param>
    /// <param name="start">The first step.</param>
    public BatchRing(int depth, long start, Func<Action<ViewBatch>, ViewBatch> create)
    {
        _claimed = _next = start;
        _depth = depth;
        while (_free.Count < depth)
        {
            _free.Push(create(Release));
        }
    }

    /// <summary>How long <see cref="Take"/> has waited altogether.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>A buffer with the number of the next step to fill; null when the ring is closed.</summary>
    public ViewBatch? Claim()
    {
        lock (_gate)
        {
            while (!_closed && _free.Count == 0)
            {
                Monitor.Wait(_gate);
            }

            if (_closed)
            {
                return null;
            }

            var batch = _free.Pop();
            batch.Step = _claimed++;
            return batch;
        }
    }

    /// <summary>A filled buffer waits for its turn.</summary>
    public void Publish(ViewBatch batch)
    {
        lock (_gate)
        {
            _ready.Add(batch.Step, batch);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The next step's buffer, as soon as it is filled.</summary>
    public ViewBatch Take(CancellationToken cancellation)
    {
        using var wakeUp = cancellation.UnsafeRegister(_ => Wake(), null);
        var start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            if (_used.Count == _depth)
            {
                throw new InvalidOperationException($"All {_depth} batches are in use: dispose one before taking the next, or take a larger depth.");
            }

            ViewBatch? batch;
            while (!_ready.Remove(_next, out batch))
            {
                cancellation.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_closed, typeof(ViewLoader));
                Monitor.Wait(_gate);
            }

            _next++;
            _used.Add(batch);
            Waited += Stopwatch.GetElapsedTime(start);
            return batch;
        }
    }

    /// <summary>Lets everybody who waits go.</summary>
    public void Close()
    {
        _closed = true;
        Wake();
    }

    private void Release(ViewBatch batch)
    {
        lock (_gate)
        {
            // Giving a buffer back twice must not hand it out twice.
            if (_used.Remove(batch))
            {
                _free.Push(batch);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
