using Jem.Graphs.Ir;

namespace Jem.Graphs.Methods;

/// <summary>A method, as it is listed and built.</summary>
/// <param name="Paper">Title and place.</param>
/// <param name="Options">The defaults; their type is the method's options record.</param>
/// <param name="Build">The training program for options of that type.</param>
public sealed record Method(string Name, string Paper, MethodOptions Options, Func<MethodOptions, TrainingProgram> Build);

/// <summary>Every method, by name.</summary>
public static class MethodTable
{
    public static IReadOnlyList<Method> Methods { get; } =
    [
        new("simclr", "A simple framework for contrastive learning of visual representations (arXiv:2002.05709)",
            new SimClrOptions(), options => SimClr.Build((SimClrOptions)options)),
        new("npid", "Unsupervised feature learning via non-parametric instance discrimination (arXiv:1805.01978)",
            new NpidOptions(), options => Npid.Build((NpidOptions)options)),
        new("moco", "Momentum contrast for unsupervised visual representation learning (arXiv:1911.05722; version 2, arXiv:2003.04297)",
            new MocoOptions(), options => Moco.Build((MocoOptions)options)),
        new("pirl", "Self-supervised learning of pretext-invariant representations (arXiv:1912.01991)",
            new PirlOptions(), options => Pirl.Build((PirlOptions)options)),
        new("barlow-twins", "Barlow Twins: self-supervised learning via redundancy reduction (arXiv:2103.03230)",
            new BarlowTwinsOptions(), options => BarlowTwins.Build((BarlowTwinsOptions)options)),
        new("vicreg", "VICReg: variance-invariance-covariance regularization for self-supervised learning (arXiv:2105.04906)",
            new VicregOptions(), options => Vicreg.Build((VicregOptions)options)),
        new("swav", "Unsupervised learning of visual features by contrasting cluster assignments (arXiv:2006.09882)",
            new SwavOptions(), options => Swav.Build((SwavOptions)options)),
        new("byol", "Bootstrap your own latent: a new approach to self-supervised learning (arXiv:2006.07733)",
            new ByolOptions(), options => Byol.Build((ByolOptions)options)),
        new("simsiam", "Exploring simple Siamese representation learning (arXiv:2011.10566)",
            new SimSiamOptions(), options => SimSiam.Build((SimSiamOptions)options)),
        new("dino", "Emerging properties in self-supervised vision transformers (arXiv:2104.14294)",
            new DinoOptions(), options => Dino.Build((DinoOptions)options)),
        new("data2vec", "data2vec: a general framework for self-supervised learning in speech, vision and language (arXiv:2202.03555)",
            new Data2VecOptions(), options => Data2Vec.Build((Data2VecOptions)options)),
    ];

    /// <exception cref="ArgumentException">There is no method of that name.</exception>
    public static Method Get(string name) => Methods.FirstOrDefault(method => method.Name == name)
        ?? throw new ArgumentException($"Unknown method '{name}'. Did you mean '{Nearest.To(name, Methods.Select(method => method.Name))}'?");
}
