using Jem.Kernels.Cuda;
using Jem.Tests.Cuda;

namespace Jem.Kernels.Tests.Cuda;

/// <summary>Streams, events and memory, with <see cref="CudaStandIn"/> in CUDA's place, which does what is queued as late as may be.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CudaStreamTests : IDisposable
{
    private const int Bytes = 8;
    private readonly CudaStream _stream;
    private readonly CudaMemory _from, _device, _to;

    public CudaStreamTests()
    {
        CudaStandIn.Require();
        (_stream, _from, _device, _to) = (new CudaStream(), CudaMemory.Pinned(Bytes), CudaMemory.OnDevice(Bytes), CudaMemory.Pinned(Bytes));
    }

    public void Dispose()
    {
        Array.ForEach([_from, _device, _to], memory => memory?.Dispose());
        _stream?.Dispose();
    }

    [Test]
    public void A_copy_is_done_when_somebody_waits_for_it()
    {
        _from.Span(0, Bytes).Fill(7);
        _stream.Copy(_from, _device, 3);
        _stream.Copy(_device, _to, 3);
        Assert.That(Arrived, Is.All.Zero);
        _stream.Synchronize();
        Assert.That(Arrived, Is.EqualTo(new byte[] { 7, 7, 7, 0, 0, 0, 0, 0 }));
    }

    [Test]
    public void An_event_waits_for_what_was_queued_before_it_and_no_more()
    {
        using var mark = new CudaEvent();
        mark.Synchronize();
        _stream.Copy(_from, _device, Bytes);
        _stream.Record(mark);
        _stream.Copy(_device, _to, Bytes);
        _from.Span(0, Bytes).Fill(5);
        mark.Synchronize();
        _from.Span(0, Bytes).Fill(9);
        Assert.That(Arrived, Is.All.Zero, "what comes after the event is not done");
        _stream.Synchronize();
        Assert.That(Arrived, Is.All.EqualTo(5));
    }

    [Test]
    public void A_stream_that_waits_for_an_event_has_what_another_did_before_it()
    {
        using var other = new CudaStream();
        using var mark = new CudaEvent();
        _from.Span(0, Bytes).Fill(3);
        other.Copy(_from, _device, Bytes);
        other.Record(mark);
        _stream.WaitFor(mark);
        _stream.Copy(_device, _to, Bytes);
        _stream.Synchronize();
        Assert.That(Arrived, Is.All.EqualTo(3));
    }

    [Test]
    public void What_does_not_fit_is_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => _stream.Copy(_from, _to, Bytes + 1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => _from.Span(Bytes - 1, 2).Length, Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => _device.Span(0, 1).Length, Throws.InvalidOperationException);
            Assert.That(
                () => CudaMemory.OnDevice(1L << 50),
                Throws.InvalidOperationException.With.Message.EqualTo("cudaMalloc fails with 2: an error of the stand-in."));
        });
    }

    [Test]
    public void The_memory_of_the_GPU_is_told() => Assert.That(CudaDevice.Memory, Is.EqualTo((20L << 30, 24L << 30)));

    private byte[] Arrived => _to.Span(0, Bytes).ToArray();
}
