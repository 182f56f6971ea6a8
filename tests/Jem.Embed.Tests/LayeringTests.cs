using Jem.Embed.Runtime;

namespace Jem.Embed.Tests;

public sealed class LayeringTests
{
    [Test]
    public void Jem_Embed_references_no_other_part_of_Jem() =>
        Assert.That(typeof(Encoder).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name), Has.None.StartsWith("Jem."));
}
