using Jem.Graphs.Methods;

namespace Jem.Graphs.Tests.Methods;

public class AdviceTests
{
    private const string Rate = "lower learning rate (--set optimizer.learning_rate=0.09)";

    [TestCase("temperature≤0.1", "0.1")]
    [TestCase("temperature≥0.7", "0.7")]
    [TestCase("temperature×4", "2")]
    [TestCase("projector.norm=false", "false")]
    [TestCase("projector.output≤64", "64")]
    public void What_is_not_so_yet_is_advised_with_its_setting(string setting, string value) => Assert.That(
        Advice.Of(new SimClrOptions(), (setting, "this")),
        Is.EqualTo($"This (--set {setting[..setting.IndexOfAny(['=', '≤', '≥', '×'])]}={value}); or a {Rate}."));

    [TestCase("temperature≤0.5")]
    [TestCase("temperature≤0.7")]
    [TestCase("temperature≥0.5")]
    [TestCase("temperature≥0.1")]
    [TestCase("projector.hidden×4", Description = "four times 0 is 0")]
    [TestCase("views.flip×4", Description = "a probability is at most 1")]
    [TestCase("projector.norm=true")]
    [TestCase("optimizer.name=lars")]
    public void What_is_so_already_or_cannot_be_is_left_out(string setting) =>
        Assert.That(Advice.Of(new SimClrOptions(), (setting, "this")), Is.EqualTo($"A {Rate}."));

    [Test]
    public void Of_two_pieces_for_one_option_the_first_that_is_not_so_counts()
    {
        (string, string)?[] pieces = [("temperature≤0.5", "smaller"), ("temperature≤0.2", "much smaller"), ("temperature≤0.1", "tiny"), null, ("", "more epochs")];
        Assert.That(Advice.Of(new SimClrOptions(), pieces), Is.EqualTo($"Much smaller (--set temperature=0.2); more epochs; or a {Rate}."));
        Assert.That(Advice.Of(new SimClrOptions { Temperature = 0.7 }, pieces), Does.StartWith("Smaller (--set temperature=0.5); "));
    }

    [TestCase("temprature≤0.1")]
    [TestCase("temperature")]
    public void A_setting_of_no_option_is_a_mistake(string setting) => Assert.That(
        () => Advice.Of(new SimClrOptions(), (setting, "this")),
        Throws.ArgumentException.With.Message.StartsWith($"'{setting}' sets no option; expected NAME=VALUE, or ≤, ≥ or × for =, with one of temperature, projector.hidden, "));
}
