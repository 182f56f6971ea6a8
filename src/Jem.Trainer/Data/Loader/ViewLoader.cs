using System.Runtime.ExceptionServices;
using Jem.Graphs.Methods;
using Jem.Trainer.Views;

namespace Jem.Trainer.Data.Loader;

/// <summary>
/// Batches of random views, made ahead by threads. An epoch is a permutation of the images (of a mixture: the parts' shares)
/// without the last partial batch.
/// The batch of a step is a pure function of the step, the seed, the recipe and the images: neither the number of threads
/// nor the step a run started from changes a byte.
/// </summary>
public sealed class ViewLoader : IDisposable
{
    private readonly IImageSet _set;
    private readonly ViewRecipe _recipe;
    private readonly ViewSampler _sampler;
    private readonly ViewLoaderOptions _options;
    private readonly EpochOrder _order;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Thread> _threads = [];
    private BatchRing? _ring;

    /// <exception cref="ArgumentException">The recipe makes no sense, or an option is out of its range.</exception>
    /// <exception cref="DataException">The batch is larger than the data.</exception>
    public ViewLoader(IImageSet set, ViewRecipe recipe, ViewLoaderOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Batch);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Depth, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Start);
        if (options.Batch > set.Count)
        {
            throw new DataException($"A batch of {options.Batch} is larger than the data: there are {set.Count} images. Take a batch of at most {set.Count}.");
        }

        (_set, _recipe, _options) = (set, recipe, options);
        (_sampler, _order) = (new ViewSampler(recipe, set.Channels), new EpochOrder(set.Shares, options.Seed));
        if ((long)recipe.Count * options.Batch * _sampler.ViewLength > Array.MaxLength)
        {
            throw new ArgumentException($"A batch of {options.Batch} with {recipe.Count} views of [{set.Channels},{recipe.Size},{recipe.Size}] is larger than 2 GiB. Take a smaller batch.");
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
    /// <param name="views">Receives [V·B, C, S, S], view-major.</param>
    /// <param name="images">Receives [B].</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="DataException">An image of this step cannot be read.</exception>
    public void Batch(long step, Span<byte> views, Span<long> images, CancellationToken cancellation = default)
    {
        var (size, length) = (_options.Batch, _sampler.ViewLength);
        if (images.Length != size || views.Length != _recipe.Count * size * length)
        {
            throw new ArgumentException($"A batch has {_recipe.Count * size * length} bytes and {size} images; got room for {views.Length} and {images.Length}.");
        }

        var (epoch, at) = Math.DivRem(step, StepsPerEpoch);
        var order = _order.Of(epoch).AsSpan((int)at * size, size);
        for (var row = 0; row < size; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (index, repetition) = order[row];
            var image = _set.Image(index);
            images[row] = index;

            // Drawn again within an epoch, an image counts as another one, so that its views are others.
            var number = index + ((long)repetition * _set.Count);
            for (var view = 0; view < _recipe.Count; view++)
            {
                _sampler.Sample(image, _options.Seed, epoch, number, view, views.Slice(((view * size) + row) * length, length));
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

    // Threads start with the first batch that is asked for: a loader made for Batch(step) alone needs none.
    private BatchRing Start()
    {
        var views = _recipe.Count * _options.Batch * _sampler.ViewLength;
        var ring = new BatchRing(_options.Depth, _options.Start, release => new ViewBatch(views, _options.Batch, release));
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
                Batch(batch.Step, batch.Views, batch.Images, _stop.Token);
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
