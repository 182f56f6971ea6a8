namespace Jem.Graphs.Tests;

/// <summary>Compares tensors as wholes: ‖actual − expected‖ against ‖expected‖.</summary>
internal static class Relative
{
    public static double Error(double[] actual, double[] expected) => Distance(actual, expected) / Math.Max(Norm(expected), 1e-12);

    public static double Distance(double[] actual, double[] expected) => Norm([.. actual.Zip(expected, (a, b) => a - b)]);

    public static void Agree(string what, double[] actual, double[] expected, double tolerance)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        var error = Error(actual, expected);
        Assert.That(error <= tolerance, Is.True, $"{what} differs by {error:g3} of its norm; {tolerance:g3} is allowed.");
    }

    public static double Cosine(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum() / (Norm(a) * Norm(b));

    public static double Norm(double[] x) => Math.Sqrt(x.Sum(element => element * element));
}
