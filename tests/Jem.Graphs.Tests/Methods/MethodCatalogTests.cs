using Jem.Graphs.Methods;
using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Graphs.Tests.Methods;

public class MethodCatalogTests
{
    [Test]
    public void An_unknown_method_is_answered_with_the_nearest() =>
        Assert.That(() => MethodCatalog.BuiltIn.Get("sim-clr"), Throws.ArgumentException.With.Message.EqualTo(
            "Unknown method 'sim-clr'. Did you mean 'simclr'?"));

    [Test]
    public void Every_method_builds_with_its_own_options()
    {
        foreach (var method in MethodCatalog.BuiltIn.All)
        {
            Assert.That(method.Build(Small(method)).Method, Is.EqualTo(method.Name));
        }
    }

    [Test]
    public void What_a_method_advises_when_it_collapses_is_not_what_its_defaults_are()
    {
        foreach (var method in MethodCatalog.BuiltIn.All)
        {
            var rows = OptionTable.Of(method.Options, Parts.BuiltIn.Names).ToDictionary(row => row.Name, row => OptionRow.Text(row.Value));
            var settings = method.Build(Small(method)).Collapse.Advice.Where(advice => advice.Setting is not null).ToList();
            Assert.That(settings, Is.Not.Empty, method.Name);
            foreach (var advice in settings)
            {
                Assert.That(rows, Does.ContainKey(advice.Setting!), method.Name);
                Assert.That(advice.Value, Is.Not.EqualTo(rows[advice.Setting!]), $"{method.Name}: {advice.Setting}");
            }
        }
    }

    [Test]
    public void A_programs_options_say_how_it_was_built()
    {
        var program = MethodCatalog.BuiltIn.Get("simclr").Build(new SimClrOptions { Batch = 2, Temperature = 0.25, Backbone = new() { Width = 2 } });
        Assert.That((double)program.Options["temperature"]!, Is.EqualTo(0.25));
        Assert.That((int)program.Options["backbone"]!["width"]!, Is.EqualTo(2));
    }

    [Test]
    public void Weight_decay_is_a_scalar_that_moves_where_it_has_a_final_value()
    {
        var options = new SimClrOptions { Batch = 2, Backbone = new() { Width = 2 } };
        Assert.That(Schedules(-1), Does.Not.ContainKey("weight_decay"));
        Assert.That(Schedules(0.4)["weight_decay"], Is.EqualTo(new CosineSchedule(0.04, 0.4)));

        IReadOnlyDictionary<string, ScheduleRecipe> Schedules(double final) =>
            MethodCatalog.BuiltIn.Get("simclr").Build(options with { Optimizer = new() { WeightDecay = 0.04, FinalWeightDecay = final } }).Schedules;
    }

    private static MethodOptions Small(Method method) =>
        method.Options with { Backbone = method.Options.Backbone with { Width = 2 } };
}
