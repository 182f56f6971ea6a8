using Jem.Graphs.Naming;

namespace Jem.Graphs.Tests.Naming;

public class CatalogTests
{
    private sealed record Row(string Name, int Size = 0) : INamed;

    private static readonly Catalog<Row> s_rows = new("network", new Row("resnet18", 18), new Row("resnet50", 50), new Row("sgd"));

    [Test]
    public void A_row_is_found_by_its_name() => Assert.That(s_rows.Get("resnet50").Size, Is.EqualTo(50));

    [TestCase("resnet51", "resnet50")]
    [TestCase("RESNET", "resnet18")]
    [TestCase("simclr", "sgd")]
    public void An_unknown_name_is_answered_with_the_one_of_the_fewest_edits(string name, string nearest) =>
        Assert.That(() => s_rows.Get(name), Throws.ArgumentException.With.Message.EqualTo($"Unknown network '{name}'. Did you mean '{nearest}'?"));

    [Test]
    public void An_empty_catalog_has_no_nearest_name() =>
        Assert.That(() => new Catalog<Row>("network").Get("x"), Throws.ArgumentException.With.Message.EqualTo("Unknown network 'x'. There is none."));

    [Test]
    public void More_rows_make_another_catalog()
    {
        var more = s_rows.With(new Row("mine"));
        Assert.That(more.Names, Is.EqualTo(new[] { "resnet18", "resnet50", "sgd", "mine" }));
        Assert.That(s_rows.Names, Has.None.EqualTo("mine"));
    }

    [Test]
    public void A_name_is_taken_once() =>
        Assert.That(() => s_rows.With(new Row("sgd")), Throws.ArgumentException.With.Message.EqualTo(
            "There are two rows 'sgd' of the kind network; a name is unique. Give one of them another name."));
}
