namespace Jem.Imaging.Tests;

public sealed class Image8Tests
{
    [Test]
    public void Colour_becomes_its_luma()
    {
        Assert.That(TestImages.Plain(1, 1, 255, 0, 0).WithChannels(1).Data, Is.EqualTo(new byte[] { 76 }));
        Assert.That(TestImages.Plain(1, 1, 0, 255, 0).WithChannels(1).Data, Is.EqualTo(new byte[] { 150 }));
        Assert.That(TestImages.Plain(1, 1, 255, 255, 255).WithChannels(1).Data, Is.EqualTo(new byte[] { 255 }));
    }

    [Test]
    public void Grey_is_repeated_for_colour() =>
        Assert.That(new Image8(2, 1, 1, [3, 9]).WithChannels(3).Data, Is.EqualTo(new byte[] { 3, 9, 3, 9, 3, 9 }));

    [Test]
    public void Other_counts_do_not_convert() =>
        Assert.That(() => TestImages.Plain(1, 1, 1, 2, 3, 4).WithChannels(3), Throws.TypeOf<JemException>().With.Message.EqualTo(
            "An image of 4 channels cannot become one of 3: only grey and RGB convert into each other."));

    [Test]
    public void A_wrong_number_of_samples_is_an_error() =>
        Assert.That(() => new Image8(2, 2, 3, new byte[11]), Throws.ArgumentException.With.Message.StartsWith("An image of 3 channels, 2×2 pixels, needs 12 samples; got 11."));

    [Test]
    public void A_png_of_many_channels_is_refused() =>
        Assert.That(() => Png.Encode(TestImages.Plain(1, 1, 1, 2)), Throws.ArgumentException);

    [Test]
    public void A_data_uri_holds_the_png() =>
        Assert.That(Convert.FromBase64String(Png.ToDataUri(TestImages.Plain(2, 2, 5))["data:image/png;base64,".Length..]), Is.EqualTo(Png.Encode(TestImages.Plain(2, 2, 5))));
}
