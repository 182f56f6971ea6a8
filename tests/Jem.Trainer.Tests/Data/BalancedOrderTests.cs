using Jem.Trainer.Data;

namespace Jem.Trainer.Tests.Data;

public sealed class BalancedOrderTests
{
    [Test]
    public void Classes_take_turns_for_as_long_as_they_last()
    {
        int[] labels = [.. Enumerable.Repeat(0, 50), .. Enumerable.Repeat(1, 7), .. Enumerable.Repeat(2, 20)];
        var order = BalancedOrder.Of(labels.Length, labels, seed: 3);
        Assert.That(order.Order(), Is.EqualTo(Enumerable.Range(0, 77)));
        Assert.That(order.Take(21).CountBy(row => labels[row]).Select(pair => pair.Value), Is.All.EqualTo(7));
        Assert.That(order.Skip(21).Take(26).CountBy(row => labels[row]).Select(pair => pair.Value), Is.All.EqualTo(13));
    }

    [Test]
    public void The_order_depends_on_the_seed_alone()
    {
        var labels = Enumerable.Range(0, 60).Select(i => i % 3).ToArray();
        Assert.That(
            BalancedOrder.Of(labels.Length, labels, 1),
            Is.EqualTo(BalancedOrder.Of(labels.Length, labels, 1)).And.Not.EqualTo(BalancedOrder.Of(labels.Length, labels, 2)));
    }
}
