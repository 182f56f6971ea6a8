using System.Text.Json.Nodes;
using Jem.Trainer.Reporting.Progress;
using Jem.Trainer.Training;

namespace Jem.Trainer.Tests.Reporting.Progress;

public class JsonProgressTests
{
    [Test]
    public void A_run_is_a_line_of_JSON_for_each_event()
    {
        using var output = new StringWriter();
        var progress = new JsonProgress(output);
        progress.Start(5, 20);
        progress.Report(new StepReport { Step = 10, TotalSteps = 20, Loss = 4.5, EffectiveRank = double.NaN, Left = TimeSpan.FromSeconds(90) });
        progress.Finish("20 steps.");
        var lines = output.ToString().TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.That(lines.Select(line => (string)line["event"]!), Is.EqualTo(new[] { "start", "progress", "end" }));
        Assert.That(((long)lines[0]["step"]!, (long)lines[0]["total_steps"]!), Is.EqualTo((5, 20)));
        Assert.That((long)lines[1]["step"]!, Is.EqualTo(10));
        Assert.That((double)lines[1]["loss"]!, Is.EqualTo(4.5));
        Assert.That((double)lines[1]["left"]!, Is.EqualTo(90), "seconds");
        Assert.That(lines[1].AsObject()["effective_rank"], Is.Null, "what is not finite");
        Assert.That((string)lines[2]["message"]!, Is.EqualTo("20 steps."));
    }
}
