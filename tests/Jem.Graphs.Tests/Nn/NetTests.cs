using Jem.Graphs.Ir;
using Jem.Graphs.Nn;
using Jem.Graphs.Ops;

namespace Jem.Graphs.Tests.Nn;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class NetTests
{
    private readonly Net _net = new(new Graph("g"), training: true);

    private readonly Value _w;

    public NetTests()
    {
        using var scope = _net.Enter("layer1.0");
        _w = _net.Parameter("weight", [2, 3], Init.Ones);
    }

    [Test]
    public void A_variable_is_named_by_its_place() => Assert.That(_w.Name, Is.EqualTo("layer1.0.weight"));

    [Test]
    public void A_parameter_is_an_input_and_its_update_the_output_that_follows_it()
    {
        _net.Update(_w, Op.Neg(_w));
        _net.DeclareUpdates();
        var output = _net.Graph.Outputs.Single();
        Assert.That((output.Value.Name, output.Role, output.Next), Is.EqualTo(("layer1.0.weight.next", Role.Parameter, "layer1.0.weight")));
    }

    [Test]
    public void A_name_is_given_once() =>
        Assert.That(() => _net.State("layer1.0.weight", [1], Init.Zeros), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "The name 'layer1.0.weight' is taken in graph 'g'. Names of inputs and outputs must differ."));

    [Test]
    public void A_variable_keeps_its_shape() =>
        Assert.That(() => _net.Update(_w, Op.Sum(_w, 0)), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "'layer1.0.weight: float32[2,3]' cannot become [3]: the shape of a parameter or state stays."));

    [Test]
    public void A_variable_is_updated_once()
    {
        _net.Update(_w, Op.Neg(_w));
        Assert.That(() => _net.Update(_w, Op.Exp(_w)), Throws.TypeOf<GraphException>().With.Message.EqualTo(
            "'layer1.0.weight' is updated twice in one step."));
    }
}
