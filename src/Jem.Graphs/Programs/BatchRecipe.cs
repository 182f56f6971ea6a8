using System.Text.Json.Serialization;

namespace Jem.Graphs.Programs;

/// <summary>
/// How a batch input is filled for the images of a step: what the data pipeline has to do, as data. A new kind is one record with a
/// <see cref="KindAttribute"/>, and a filler in the program that trains.
/// </summary>
public abstract record BatchRecipe
{
    /// <summary>
    /// Whether the input tells which images of the data a step has. A program with such an input is for as many images as it was made for.
    /// It belongs to the kind, and is not written.
    /// </summary>
    [JsonIgnore]
    public virtual bool TellsImagesApart => false;
}

/// <summary>Bytes [V·B,C,S,S]: random views, all of the first view before all of the second.</summary>
/// <param name="Recipe">V and S, and how a view is drawn.</param>
/// <param name="First">The number of the first view: views of one image with different numbers are independent.</param>
[Kind("views")]
public sealed record ViewsInput(ViewRecipe Recipe, int First = 0) : BatchRecipe;

/// <summary>
/// Bytes [G²·B,C,P,P]: a random view of side S, cut into a grid of G×G cells; of each cell a random patch of side P, and the patches of an
/// image in random order (Noroozi and Favaro, arXiv:1603.09246, section 4.2). All of the first place before all of the second.
/// </summary>
/// <param name="Recipe">How the view is drawn that is cut; its side S is at least G·P.</param>
/// <param name="First">The number of the view.</param>
[Kind("jigsaw")]
public sealed record JigsawInput(ViewRecipe Recipe, int Grid, int Patch, int First) : BatchRecipe;

/// <summary>
/// Bytes [B,G²]: 1 for a patch that is masked, 0 for one that is seen. Rectangles of random area and shape are laid over the grid of G×G
/// patches until the ratio is masked (Bao et al., BEiT, arXiv:2106.08254, algorithm 1).
/// </summary>
/// <param name="Ratio">The share of patches that is masked.</param>
/// <param name="LeastBlock">Patches of the smallest rectangle.</param>
/// <param name="Aspect">The smallest height : width of a rectangle; the largest is its inverse.</param>
[Kind("block_mask")]
public sealed record BlockMaskInput(int Grid, double Ratio, int LeastBlock, double Aspect) : BatchRecipe;

/// <summary>Integers [B]: which image of the data each row shows, from 0.</summary>
[Kind("image_ids")]
public sealed record ImageIdsInput : BatchRecipe
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool TellsImagesApart => true;
}

/// <summary>Integers [count]: images drawn uniformly, those of the step among them, independent from step to step.</summary>
/// <param name="Images">Images of the data.</param>
[Kind("random_ids")]
public sealed record RandomIdsInput(int Count, int Images) : BatchRecipe
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool TellsImagesApart => true;
}
