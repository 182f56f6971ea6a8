using Jem.Trainer.Profiling;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Tests.Profiling;

public class ProfileRowTests
{
    private static readonly ProfiledTensor s_million = new("float", [1000, 1000]);

    private static readonly List<NodeTimes> s_nodes =
    [
        new("a", "Add", 1, [1, 2, 9], [s_million, s_million], [s_million]),
        new("b", "Add", 1, [3, 1, 1], [s_million, s_million], [s_million]),
        new("c", "Reshape", 1, [5, 5, 5], [s_million], [s_million]),
    ];

    [Test]
    public void A_kind_takes_the_median_of_the_sums_of_its_nodes()
    {
        var rows = ProfileRow.Of(s_nodes, stepMs: 10, new MachinePeaks(2, 20), byNode: false);
        Assert.That(rows.Select(row => (row.Operator, row.Calls, row.Ms, row.Share)), Is.EqualTo(new[] { ("Reshape", 1, 5.0, 0.5), ("Add", 2, 4.0, 0.4) }));

        // Two million additions and 24 million bytes in 4 ms.
        Assert.That((rows[1].Gflops, rows[1].PeakShare, rows[1].GbPerSecond), Is.EqualTo((0.5, 0.25, 6.0)));
        Assert.That((rows[0].Gflops, rows[0].PeakShare, rows[0].GbPerSecond), Is.EqualTo(((double?)null, (double?)null, (double?)null)));
    }

    [Test]
    public void A_node_has_its_name_and_shapes_and_no_share_of_a_peak_that_nobody_measured()
    {
        var rows = ProfileRow.Of(s_nodes, stepMs: 10, peaks: null, byNode: true);
        Assert.That(rows.Select(row => (row.Node, row.Ms)), Is.EqualTo(new[] { ("c", 5.0), ("a", 2.0), ("b", 1.0) }));
        Assert.That(rows[1].Shapes, Is.EqualTo("[1000,1000] [1000,1000] → [1000,1000]"));
        Assert.That((rows[1].Gflops, rows[1].PeakShare), Is.EqualTo((0.5, (double?)null)));
    }

    [TestCase(new[] { 3.0, 1, 2 }, ExpectedResult = 2.0)]
    [TestCase(new[] { 4.0, 1, 2, 3 }, ExpectedResult = 2.5)]
    public double A_median_lies_in_the_middle(double[] values) => ProfileRow.Median(values);
}
