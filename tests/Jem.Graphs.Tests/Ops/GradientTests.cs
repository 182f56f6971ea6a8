using Jem.Graphs.Ops;
using Jem.Graphs.Tests.Grad;

namespace Jem.Graphs.Tests.Ops;

public class GradientTests
{
    [Test]
    public void A_gradient_is_the_central_difference(
        [ValueSource(typeof(GradientCases), nameof(GradientCases.All))] GradientCase use, [Values(1UL, 2UL, 3UL)] ulong seed)
    {
        var row = OpTable.Row(use.Op);
        DirectionalDerivative.Check(use.Build, use.Inputs, row.Domain, row.Tolerance, seed);
    }

    [Test]
    public void Every_operator_with_a_gradient_rule_is_checked()
    {
        var rows = OpTable.Rows.Where(row => row.Kind == GradientKind.Rule).Select(row => row.Name);
        Assert.That(GradientCases.All.Select(use => use.Op).Distinct(), Is.EquivalentTo(rows));
    }
}
