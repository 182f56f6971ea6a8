using Jem.Graphs.Methods;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

public class AdviceTests
{
    private static readonly Advice s_rate = new("a lower learning rate", "optimizer.learning_rate", "0.09");

    [TestCase("temperature≤0.1", "0.1")]
    [TestCase("temperature≥0.7", "0.7")]
    [TestCase("temperature×4", "2")]
    [TestCase("projector.norm=false", "false")]
    [TestCase("projector.output≤64", "64")]
    public void What_is_not_so_yet_is_advised_with_its_setting(string setting, string value) => Assert.That(
        Of(new SimClrOptions(), (setting, "this")),
        Is.EqualTo(new[] { new Advice("this", setting[..setting.IndexOfAny(['=', '≤', '≥', '×'])], value), s_rate }));

    [TestCase("temperature≤0.5")]
    [TestCase("temperature≤0.7")]
    [TestCase("temperature≥0.5")]
    [TestCase("temperature≥0.1")]
    [TestCase("projector.hidden×4", Description = "four times 0 is 0")]
    [TestCase("views.flip×4", Description = "a probability is at most 1")]
    [TestCase("projector.norm=true")]
    [TestCase("optimizer.name=lars")]
    public void What_is_so_already_or_cannot_be_is_left_out(string setting) =>
        Assert.That(Of(new SimClrOptions(), (setting, "this")), Is.EqualTo(new[] { s_rate }));

    [Test]
    public void Of_two_pieces_for_one_option_the_first_that_is_not_so_counts()
    {
        (string, string)?[] pieces = [("temperature≤0.5", "smaller"), ("temperature≤0.2", "much smaller"), ("temperature≤0.1", "tiny"), null,
            ("", "more epochs")];
        Assert.That(Of(new SimClrOptions(), pieces), Is.EqualTo(new[] { new("much smaller", "temperature", "0.2"), new Advice("more epochs"), s_rate }));
        Assert.That(Of(new SimClrOptions { Temperature = 0.7 }, pieces)[0], Is.EqualTo(new Advice("smaller", "temperature", "0.5")));
    }

    [TestCase("temprature≤0.1")]
    [TestCase("temperature")]
    public void A_setting_of_no_option_is_a_mistake(string setting) => Assert.That(
        () => Of(new SimClrOptions(), (setting, "this")),
        Throws.ArgumentException.With.Message.StartsWith(
            $"'{setting}' sets no option; expected NAME=VALUE, or ≤, ≥ or × for =, with one of temperature, projector.hidden, "));

    private static IReadOnlyList<Advice> Of(SimClrOptions options, params (string, string)?[] pieces) =>
        new StepGraph("simclr", options, Parts.BuiltIn).Advice(pieces);
}
