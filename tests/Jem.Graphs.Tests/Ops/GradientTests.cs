using Jem.Graphs.Ops;
using Jem.Graphs.Tests.Grad;

namespace Jem.Graphs.Tests.Ops;

public class GradientTests
{
    [Test]
    public void A_gradient_is_the_central_difference(
        [ValueSource(typeof(GradientCases), nameof(GradientCases.All))] GradientCase use, [Values(1UL, 2UL, 3UL)] ulong seed)
    {
        // Rounding to float32 is coarse against a difference step of float64.
        var tolerance = use.Op == "Cast" ? 2e-2 : 1e-6;
        DirectionalDerivative.Check(use.Build, use.Inputs, Domain.Of(use.Op), tolerance, seed);
    }

    [Test]
    public void Every_operator_with_a_gradient_rule_is_checked()
    {
        var rows = OpTable.Rows.Where(row => row.Gradient is not null).Select(row => row.Name);
        Assert.That(GradientCases.All.Select(use => use.Op).Distinct(), Is.EquivalentTo(rows));
    }
}
