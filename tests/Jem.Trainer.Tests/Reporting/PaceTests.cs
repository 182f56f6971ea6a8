using Jem.Trainer.Reporting;

namespace Jem.Trainer.Tests.Reporting;

public class PaceTests
{
    [Test]
    public void The_first_turn_may_come_at_once_and_the_next_waits()
    {
        var pace = new Pace(1, TimeSpan.FromHours(1), atOnce: true);
        Assert.That(pace.Due, Is.True);
        pace.Take(() => { });
        Assert.That(pace.Due, Is.False);
        Assert.That(new Pace(1, TimeSpan.FromHours(1), atOnce: false).Due, Is.False);
    }

    [Test]
    public void Failed_work_waits_too()
    {
        var pace = new Pace(1, TimeSpan.FromHours(1), atOnce: true);
        Assert.That(() => pace.Take(() => throw new IOException("full")), Throws.TypeOf<IOException>());
        Assert.That(pace.Due, Is.False);
    }

    [Test]
    public void What_takes_long_waits_long()
    {
        var pace = new Pace(1e-6, TimeSpan.Zero, atOnce: false);
        Assert.That(pace.Due, Is.True);
        pace.Take(() => Thread.Sleep(5));
        Assert.That(pace.Due, Is.False, "5 ms are a millionth of more than an hour");
    }
}
