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
        new("data2vec", "data2vec: a general framework for self-supervised learning in speech, vision and language (arXiv:2202.03555)",
            new Data2VecOptions(), options => Data2Vec.Build((Data2VecOptions)options)),
    ];

    /// <exception cref="ArgumentException">There is no method of that name.</exception>
    public static Method Get(string name) => Methods.FirstOrDefault(method => method.Name == name)
        ?? throw new ArgumentException($"Unknown method '{name}'. Did you mean '{Nearest.To(name, Methods.Select(method => method.Name))}'?");
}
