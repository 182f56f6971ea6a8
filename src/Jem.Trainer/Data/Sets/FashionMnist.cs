namespace Jem.Trainer.Data.Sets;

/// <summary>Fashion-MNIST (Xiao et al., arXiv:1708.07747): 60,000 and 10,000 grey images of clothes, 28×28.</summary>
internal static class FashionMnist
{
    /// <summary>An environment variable that names the folder where the distribution does not have it.</summary>
    public const string Variable = "JEM_FASHION_MNIST";

    private const string Packaged = "/usr/share/datasets/fashion-mnist";

    private static readonly string[] s_classes =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    public static IImageSet Open(DataSplit split)
    {
        var chosen = Environment.GetEnvironmentVariable(Variable);
        var folder = string.IsNullOrEmpty(chosen) ? Packaged : chosen;
        if (!Directory.Exists(folder))
        {
            throw new DataException(
                $"Fashion-MNIST is not here: looked for the folder '{folder}'. "
                + $"Install it with `apt-get install dataset-fashion-mnist`, or set {Variable} to a folder with its four IDX files.");
        }

        return Idx.Open(folder, split, s_classes, $"Fashion-MNIST (Xiao et al. 2017, MIT licence), {split.ToString().ToLowerInvariant()} split");
    }
}
