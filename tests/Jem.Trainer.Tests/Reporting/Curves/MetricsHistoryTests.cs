using Jem.Trainer.Reporting.Curves;

namespace Jem.Trainer.Tests.Reporting.Curves;

public sealed class MetricsHistoryTests
{
    [Test]
    public void Lines_are_read_as_they_come_and_a_half_written_one_waits()
    {
        using var folder = new TemporaryFolder();
        var history = new MetricsHistory(folder.At("metrics.jsonl"));
        history.Read();
        Assert.That(history.Curves, Is.Empty, "there is no file yet");

        File.WriteAllText(folder.At("metrics.jsonl"), "{\"step\":1,\"epoch\":0.5,\"loss\":3}\n{\"step\":2,\"los");
        history.Read();
        Assert.That((history.Step, history.Epoch, history.Curves["loss"].Last), Is.EqualTo((1, 0.5, 3.0)));

        File.AppendAllText(folder.At("metrics.jsonl"), "s\":2.5}\n{\"step\":2,\"knn\":0.75}\n");
        history.Read();
        Assert.That(history.Curves["loss"].Points.Select(point => (point.FirstStep, point.Mean)), Is.EqualTo(new[] { (1L, 3.0), (2L, 2.5) }));
        Assert.That(history.Curves["knn"].Last, Is.EqualTo(0.75));
    }

    [Test]
    public void What_is_no_line_of_numbers_is_passed_over()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder.At("metrics.jsonl"),
            "\n}{\n[1]\n\"text\"\n{\"loss\":1}\n{\"step\":-1,\"loss\":1}\n{\"step\":5,\"note\":\"a\",\"more\":{\"loss\":9},\"loss\":2,\"list\":[1,2]}\n"
            + "\0\0\0\n");
        var history = new MetricsHistory(folder.At("metrics.jsonl"));
        history.Read();
        Assert.That(history.Curves.Keys, Is.EqualTo(new[] { "loss" }));
        Assert.That(history.Curves["loss"].Points, Has.Exactly(1).Items);
        Assert.That(history.Curves["loss"].Last, Is.EqualTo(2));
    }

    [Test]
    public void Steps_done_again_after_an_interruption_replace_the_lost_ones()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(
            folder.At("metrics.jsonl"),
            new[] { (10, 1.0), (20, 2), (30, 3), (20, 2.5), (30, 3.5) }.Select(pair => $"{{\"step\":{pair.Item1},\"loss\":{pair.Item2}}}"));
        var history = new MetricsHistory(folder.At("metrics.jsonl"));
        history.Read();
        Assert.That(history.Curves["loss"].Points.Select(point => (point.FirstStep, point.Mean)), Is.EqualTo(new[] { (10L, 1.0), (20L, 2.5), (30L, 3.5) }));
    }

    [Test]
    public void A_file_that_was_cut_is_read_from_the_beginning()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("metrics.jsonl"), "{\"step\":1,\"loss\":3}\n{\"step\":2,\"loss\":2}\n");
        var history = new MetricsHistory(folder.At("metrics.jsonl"));
        history.Read();
        File.WriteAllText(folder.At("metrics.jsonl"), "{\"step\":1,\"loss\":4}\n");
        history.Read();
        Assert.That(history.Curves["loss"].Points.Select(point => point.Mean), Is.EqualTo(new[] { 4.0 }));
    }
}
