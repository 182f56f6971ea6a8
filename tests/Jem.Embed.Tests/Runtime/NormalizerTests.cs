using Jem.Embed.Runtime;

namespace Jem.Embed.Tests.Runtime;

public sealed class NormalizerTests
{
    [Test]
    public void Normalising_uses_each_channels_mean_and_deviation()
    {
        var normalised = new float[8];
        new Normalizer([0.5f, 0.25f], [0.5f, 0.125f]).Apply([0, 255, 0, 255, 255, 0, 255, 0], 2, normalised);
        Assert.That(normalised, Is.EqualTo(new float[] { -1, 1, -2, 6, 1, -1, 6, -2 }));
    }
}
