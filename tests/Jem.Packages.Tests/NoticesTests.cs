namespace Jem.Packages.Tests;

public class NoticesTests
{
    private static IEnumerable<string> References => Projects.References;

    public static string Notices { get; } = File.ReadAllText(Repository.At("THIRD-PARTY-NOTICES.md"));

    /// <summary>Fails where no table has the package with this version.</summary>
    public static void Name(string package, string version) =>
        Assert.That(Notices, Does.Contain($"| {package} | {version} |"), "Add a row to THIRD-PARTY-NOTICES.md, after a look at the licence.");

    [TestCaseSource(nameof(References))]
    public void A_package_that_Jem_uses_is_named_with_its_version(string package) => Name(package, Projects.VersionOf(package));

    [Test]
    public void Data_that_a_shipped_model_was_trained_on_is_named() => Assert.That(Notices, Does.Contain("Fashion-MNIST: MIT"));
}
