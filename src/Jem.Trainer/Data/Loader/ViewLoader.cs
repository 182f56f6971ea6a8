using System.Runtime.ExceptionServices;
using Jem.Graphs.Programs;
using Jem.Trainer.Data.Loader.Inputs;

namespace Jem.Trainer.Data.Loader;

/// <summary>The bytes of a batch input, to be filled.</summary>
public delegate Span<byte> BatchBuffer(string input);

/// <summary>
/// Batches of random views, and of what else a program's step needs to know of its images, made ahead by threads.
/// An epoch is a permutation of the images (of a mixture: the parts' shares) without the last partial batch.
/// The batch of a step is a pure function of the step, the seed, the recipe and the images: neither the number of threads
/// nor the step a run started from changes a byte.
/// </summary>
public sealed class ViewLoader : IDisposable
{
    private readonly IImageSet _set;
    private readonly Dictionary<string, InputFiller> _fillers;
    private readonly ViewLoaderOptions _options;
    private readonly EpochOrder _order;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Thread> _threads = [];
    private BatchRing? _ring;

    /// <param name="inputs">How each batch input is filled.</param>
    /// <exception cref="ArgumentException">A recipe makes no sense, or an option is out of its range.</exception>
    /// <exception cref="DataException">The batch is larger than the data.</exception>
    public ViewLoader(IImageSet set, IReadOnlyDictionary<string, BatchRecipe> inputs, ViewLoaderOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Batch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Depth, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Start);
        if (options.Batch > set.Count)
        {
            throw new DataException($"A batch of {options.Batch} is larger than the data: there are {set.Count} images. Take a batch of at most {set.Count}.");
        }

        (_set, _options, _order) = (set, options, new EpochOrder(set.Shares, options.Seed));
        _fillers = inputs.ToDictionary(input => input.Key, input => options.Kinds.Filler(input.Value, set.Channels));
        if (_fillers.FirstOrDefault(filler => filler.Value.Length(options.Batch) > Array.MaxLength) is { Key: { } large, Value: var filler })
        {
            throw new ArgumentException(
                $"The input '{large}' of a batch of {options.Batch} has {filler.Length(options.Batch):N0} bytes, more than 2 GiB. Take a smaller batch.");
        }
    }

    /// <summary>Whole batches per epoch.</summary>
    public long StepsPerEpoch => _set.Count / _options.Batch;

    /// <summary>How long calls of <see cref="Next"/> waited for a batch: time that training lost.</summary>
    public TimeSpan Waited => _ring?.Waited ?? TimeSpan.Zero;

    /// <summary>The batch of the next step, for one thread to use. Dispose it to give its buffers back.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="DataException">An image of this step cannot be read.</exception>
    /// <exception cref="InvalidOperationException">As many batches are held as the loader's depth.</exception>
    public ViewBatch Next(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        var batch = (_ring ??= Start()).Take(cancellation);
        if (batch.Error is { } error)
        {
            batch.Dispose();
            ExceptionDispatchInfo.Throw(error);
        }

        return batch;
    }

    /// <summary>Makes the batch of any step on the calling thread.</summary>
    /// <param name="buffer">Of each input, as long as the input is.</param>
    /// <exception cref="DataException">An image of this step cannot be read.</exception>
    public void Fill(long step, BatchBuffer buffer, CancellationToken cancellation = default)
    {
        var (epoch, at) = Math.DivRem(step, StepsPerEpoch);
        var order = _order.Of(epoch).AsSpan((int)at * _options.Batch, _options.Batch);
        foreach (var (name, filler) in _fillers)
        {
            filler.Begin(new StepSeed(_options.Seed, step), buffer(name));
        }

        for (var row = 0; row < order.Length; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (index, repetition) = order[row];
            var image = _set.Image(index);

            // Drawn again within an epoch, an image counts as another one, so that its views are others.
            var place = new BatchRow(row, order.Length, _options.Seed, epoch, index, index + ((long)repetition * _set.Count));
            foreach (var (name, filler) in _fillers)
            {
                filler.Fill(place, image, buffer(name));
            }
        }
    }

    /// <summary>Stops the threads; batches that are still held stay valid.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _ring?.Close();
        _threads.ForEach(thread => thread.Join());
    }

    // Threads start with the first batch that is asked for: a loader made for Fill alone needs none.
    private BatchRing Start()
    {
        var lengths = _fillers.Select(filler => (filler.Key, filler.Value.Length(_options.Batch)));
        var ring = new BatchRing(_options.Depth, _options.Start, release => new ViewBatch(lengths, release));
        for (var i = 0; i < Math.Min(_options.Workers, _options.Depth); i++)
        {
            _threads.Add(new Thread(() => Work(ring)) { IsBackground = true, Name = $"views {i}" });
            _threads[i].Start();
        }

        return ring;
    }

    private void Work(BatchRing ring)
    {
        while (ring.Claim() is { } batch)
        {
            try
            {
                batch.Error = null;
                batch.Epoch = batch.Step / StepsPerEpoch;
                Fill(batch.Step, input => batch[input], _stop.Token);
            }
#pragma warning disable CA1031 // Whatever went wrong belongs to whoever asks for this step.
            catch (Exception error)
#pragma warning restore CA1031
            {
                batch.Error = error;
            }

            ring.Publish(batch);
        }
    }
}
