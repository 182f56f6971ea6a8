using Jem.Graphs.Methods;
using Jem.Graphs.Optim;
using Jem.Graphs.Options;

namespace Jem.Graphs.Tests.Options;

public class OptionTableTests
{
    private sealed record Sample
    {
        [Option("A share.", Least = 0, Most = 1)]
        public double Share { get; init; } = 0.5;

        [Option("A rate.", Above = 0, Below = 1)]
        public double Rate { get; init; } = 0.1;

        [Option("A count.", Least = 2)]
        public int Count { get; init; } = 2;

        [Option("A scale.", Above = 0, Most = 1, Interval = true)]
        public double[] Scale { get; init; } = [0.2, 1];

        [Option("Chances.", Least = 0, Most = 1)]
        public double[] Chances { get; init; } = [0];

        [Option("A choice.", Names = ["left", "right"])]
        public string Choice { get; init; } = "left";

        [Option("A flag.")]
        public bool Flag { get; init; }
    }

    private static IEnumerable<string> Methods => MethodCatalog.BuiltIn.All.Select(method => method.Name);

    [TestCaseSource(nameof(Methods))]
    public void Every_option_of_a_method_has_a_meaning(string method)
    {
        var silent = Rows(method).Where(row => row.About.Meaning.Length == 0).Select(row => row.Name);
        Assert.That(silent, Is.Empty, "options without [Option(\"…\")]");
    }

    [TestCaseSource(nameof(Methods))]
    public void Every_text_of_a_method_says_what_it_may_be(string method)
    {
        var open = Rows(method).Where(row => row.Type == typeof(string) && row.Names.Count == 0).Select(row => row.Name);
        Assert.That(open, Is.Empty, "texts without Names or Catalog");
    }

    [TestCaseSource(nameof(Methods))]
    public void The_defaults_of_a_method_are_allowed(string method) =>
        Assert.That(() => OptionTable.Check(MethodCatalog.BuiltIn.Get(method).Options, Parts.BuiltIn.Names), Throws.Nothing);

    [Test]
    public void A_methods_own_options_come_first()
    {
        var rows = OptionTable.Of(new SimClrOptions(), Parts.BuiltIn.Names);
        Assert.That(rows.Select(row => row.Own), Is.Ordered.Descending);
        Assert.That(
            rows.Where(row => row.Own).Select(row => row.Name),
            Is.EqualTo(new[] { "temperature", "projector.hidden", "projector.output", "projector.norm" }));
    }

    [TestCase("share", "[0, 1]")]
    [TestCase("rate", "(0, 1)")]
    [TestCase("count", "≥ 2")]
    [TestCase("scale", "low,high in (0, 1]")]
    [TestCase("chances", "each in [0, 1]")]
    [TestCase("choice", "left, right")]
    [TestCase("flag", "true, false")]
    public void A_range_is_told_in_few_signs(string name, string range) => Assert.That(Row(name).Range, Is.EqualTo(range));

    [TestCase("share", 2d, "share is 2; expected a number in [0, 1], such as 0.5; for 2 per cent write 0.02. A share.")]
    [TestCase("share", -0.1, "share is -0.1; expected a number in [0, 1], such as 0.5. A share.")]
    [TestCase("share", double.NaN, "share is NaN; expected a number in [0, 1], such as 0.5. A share.")]
    [TestCase("rate", 0d, "rate is 0; expected a number in (0, 1), such as 0.1. A rate.")]
    [TestCase("rate", 1d, "rate is 1; expected a number in (0, 1), such as 0.1. A rate.")]
    [TestCase("count", 1, "count is 1; expected a whole number ≥ 2, such as 2. A count.")]
    [TestCase("scale", new[] { 1, 0.2 }, "scale is 1,0.2; expected two numbers low,high in (0, 1] with low ≤ high, such as 0.2,1; swap the two. A scale.")]
    [TestCase("scale", new[] { 0.5 }, "scale is 0.5; expected two numbers low,high in (0, 1] with low ≤ high, such as 0.2,1. A scale.")]
    [TestCase("chances", new[] { 0, 50.0 }, "chances is 0,50; expected numbers, each in [0, 1], such as 0; for 50 per cent write 0.5. Chances.")]
    [TestCase("chances", new double[0], "chances is empty; expected numbers, each in [0, 1], such as 0. Chances.")]
    [TestCase("choice", "rihgt", "choice is 'rihgt'; expected left, right. Did you mean 'right'?")]
    public void A_complaint_says_which_option_what_it_got_and_what_it_takes(string name, object value, string complaint) =>
        Assert.That(Row(name).Complaint(value), Is.EqualTo(complaint));

    [TestCase("share", 1d)]
    [TestCase("rate", 0.999)]
    [TestCase("count", 2)]
    [TestCase("scale", new[] { 1d, 1 })]
    [TestCase("flag", true)]
    public void What_lies_in_its_range_is_allowed(string name, object value) => Assert.That(Row(name).Complaint(value), Is.Null);

    [Test]
    public void A_record_is_checked_under_its_dotted_name() =>
        Assert.That(
            () => OptionTable.Check(new OptimizerOptions { Momentum = 2 }, Parts.BuiltIn.Names, "optimizer"),
            Throws.ArgumentException.With.Message.EqualTo(
                "optimizer.momentum is 2; expected a number in [0, 1). sgd and lars: the share of the last update that is kept."));

    [Test]
    public void Names_come_from_the_catalog_that_is_given()
    {
        var names = new Dictionary<string, IReadOnlyList<string>> { ["optimizers"] = ["sgd", "lion"] };
        Assert.That(OptionTable.Of(new OptimizerOptions(), names)[0].Range, Is.EqualTo("sgd, lion"));
        Assert.That(() => OptionTable.Check(new OptimizerOptions { Name = "adamw" }, names, "optimizer"), Throws.ArgumentException.With.Message.EqualTo(
            "optimizer.name is 'adamw'; expected sgd, lion. Did you mean 'sgd'?"));
    }

    [Test]
    public void A_catalog_that_is_not_given_is_a_mistake_and_not_any_name() =>
        Assert.That(
            () => OptionTable.Of(new OptimizerOptions(), new Dictionary<string, IReadOnlyList<string>>(), "optimizer"),
            Throws.ArgumentException.With.Message.EqualTo(
                "optimizer.name takes a name of the catalog 'optimizers', which was not given. Pass its names to OptionTable."));

    private static IReadOnlyList<OptionRow> Rows(string method) => OptionTable.Of(MethodCatalog.BuiltIn.Get(method).Options, Parts.BuiltIn.Names);

    private static OptionRow Row(string name) => OptionTable.Of(new Sample()).Single(row => row.Name == name);
}
