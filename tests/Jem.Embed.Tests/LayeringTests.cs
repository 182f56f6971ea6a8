using Jem.Embed.Runtime;
using Jem.Embed.Tool.Commands;

namespace Jem.Embed.Tests;

public sealed class LayeringTests
{
    [TestCase(typeof(Encoder))]
    [TestCase(typeof(EmbedApp))]
    public void Libvips_is_known_to_Jem_Imaging_alone(Type type) =>
        Assert.That(type.Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name), Has.No.Member("NetVips"));

    [Test]
    public void Jem_Embed_references_of_Jem_only_Jem_Imaging() =>
        Assert.That(
            typeof(Encoder).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name),
            Has.None.Matches<string>(name => name!.StartsWith("Jem.") && name != "Jem.Imaging"));
}
