using Jem.Embed.Runtime;

namespace Jem.Embed.Tests;

public sealed class LayeringTests
{
    [Test]
    public void Jem_Embed_references_of_Jem_only_Jem_Imaging() =>
        Assert.That(typeof(Encoder).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name), Has.None.Matches<string>(name => name!.StartsWith("Jem.") && name != "Jem.Imaging"));
}
