namespace Jem.Trainer.Tests;

/// <summary>Tests keep decoded images in a cache of their own.</summary>
[SetUpFixture]
public sealed class TestCache : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeSetUp]
    public void Redirect() => Environment.SetEnvironmentVariable("JEM_CACHE", _folder.Path);

    public void Dispose() => _folder.Dispose();
}
