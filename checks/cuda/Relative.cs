namespace Jem.Checks.Cuda;

/// <summary>Compares tensors as wholes: ‖actual − expected‖ against ‖expected‖.</summary>
internal static class Relative
{
    /// <param name="least">What the norm of an element is taken for at least: what should be zero is as large as rounding makes it.</param>
    public static double Error(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double least = 1e-4)
    {
        double difference = 0, norm = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow(actual[i] - expected[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        // A NaN is larger than any error that is allowed.
        var error = Math.Sqrt(difference) / Math.Max(Math.Sqrt(norm), least * Math.Sqrt(expected.Length));
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }

    public static double Error(ReadOnlySpan<float> actual, double[] expected) => Error(actual, Array.ConvertAll(expected, value => (float)value));
}
