namespace Jem.Tests;

/// <summary>A tool outside .NET that a test needs.</summary>
internal static class Prerequisite
{
    /// <summary>Without the tool, the test fails in CI, which installs it, and is ignored elsewhere.</summary>
    /// <param name="missing">What is missing and how to get it.</param>
    public static void Require(bool present, string missing)
    {
        if (!present)
        {
            Assert.That(Environment.GetEnvironmentVariable("CI"), Is.Null.Or.Empty, $"CI runs this test. {missing}");
            Assert.Ignore(missing);
        }
    }
}
