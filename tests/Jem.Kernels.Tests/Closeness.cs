namespace Jem.Kernels.Tests;

internal static class Closeness
{
    /// <summary>Asserts that the largest difference is at most <paramref name="tolerance"/> of the largest expected magnitude.</summary>
    public static void AssertClose(TestTensor actual, double[] expected, double tolerance, string what)
    {
        Assert.That(actual.Values, Has.Length.EqualTo(expected.Length), what);
        var (scale, worst) = (1e-30, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.That(float.IsFinite(actual.Values[i]), Is.True, $"{what}: element {i} is {actual.Values[i]}");
            scale = Math.Max(scale, Math.Abs(expected[i]));
            worst = Math.Max(worst, Math.Abs(actual.Values[i] - expected[i]));
        }

        Assert.That(worst / scale, Is.LessThanOrEqualTo(tolerance), what);
    }
}
