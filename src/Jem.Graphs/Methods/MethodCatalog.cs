using Jem.Graphs.Naming;

namespace Jem.Graphs.Methods;

/// <summary>The methods of this library.</summary>
public static class MethodCatalog
{
    /// <summary>Every method of this library.</summary>
    public static Catalog<Method> BuiltIn { get; } = new(
        "method",
        Method.Of<SimClrOptions>("simclr", "A simple framework for contrastive learning of visual representations (arXiv:2002.05709)", SimClr.Build),
        Method.Of<NpidOptions>("npid", "Unsupervised feature learning via non-parametric instance discrimination (arXiv:1805.01978)", Npid.Build),
        Method.Of<MocoOptions>(
            "moco", "Momentum contrast for unsupervised visual representation learning (arXiv:1911.05722; version 2, arXiv:2003.04297)", Moco.Build),
        Method.Of<PirlOptions>("pirl", "Self-supervised learning of pretext-invariant representations (arXiv:1912.01991)", Pirl.Build),
        Method.Of<BarlowTwinsOptions>(
            "barlow-twins", "Barlow Twins: self-supervised learning via redundancy reduction (arXiv:2103.03230)", BarlowTwins.Build),
        Method.Of<VicregOptions>(
            "vicreg", "VICReg: variance-invariance-covariance regularization for self-supervised learning (arXiv:2105.04906)", Vicreg.Build),
        Method.Of<SwavOptions>("swav", "Unsupervised learning of visual features by contrasting cluster assignments (arXiv:2006.09882)", Swav.Build),
        Method.Of<ByolOptions>("byol", "Bootstrap your own latent: a new approach to self-supervised learning (arXiv:2006.07733)", Byol.Build),
        Method.Of<SimSiamOptions>("simsiam", "Exploring simple Siamese representation learning (arXiv:2011.10566)", SimSiam.Build),
        Method.Of<DinoOptions>("dino", "Emerging properties in self-supervised vision transformers (arXiv:2104.14294)", Dino.Build),
        Method.Of<Data2VecOptions>(
            "data2vec", "data2vec: a general framework for self-supervised learning in speech, vision and language (arXiv:2202.03555)", Data2Vec.Build));
}
