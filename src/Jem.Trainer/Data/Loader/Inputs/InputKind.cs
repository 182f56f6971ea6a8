using Jem.Graphs.Naming;
using Jem.Graphs.Programs;

namespace Jem.Trainer.Data.Loader.Inputs;

/// <summary>A kind of batch input and who fills it: a row of a catalog.</summary>
public sealed record InputKind : INamed
{
    private readonly Func<BatchRecipe, int, InputFiller> _create;

    private InputKind(RecipeKind recipe, Func<BatchRecipe, int, InputFiller> create) => (Recipe, _create) = (recipe, create);

    /// <summary>The kind of recipe that it fills.</summary>
    public RecipeKind Recipe { get; }

    /// <inheritdoc/>
    public string Name => Recipe.Name;

    /// <summary>A kind of input: the records that it fills, and by what.</summary>
    /// <typeparam name="TRecipe">A record with a <see cref="KindAttribute"/>.</typeparam>
    /// <param name="create">
    /// The filler of a recipe for images of so many channels. It throws an <see cref="ArgumentException"/> for a recipe that makes no sense.
    /// </param>
    public static InputKind Of<TRecipe>(Func<TRecipe, int, InputFiller> create)
        where TRecipe : BatchRecipe => new(RecipeKind.Of(typeof(TRecipe)), (recipe, channels) => create((TRecipe)recipe, channels));

    internal InputFiller Filler(BatchRecipe recipe, int channels) => _create(recipe, channels);
}

/// <summary>The kinds of batch inputs of this library, and the filler of a recipe.</summary>
public static class InputKinds
{
    /// <summary>Every kind of this library.</summary>
    public static Catalog<InputKind> BuiltIn { get; } = new(
        "kind of batch input",
        InputKind.Of<ViewsInput>((input, channels) => new ViewFiller(input, channels)),
        InputKind.Of<JigsawInput>((input, channels) => new JigsawFiller(input, channels)),
        InputKind.Of<BlockMaskInput>((input, _) => new BlockMaskFiller(input)),
        InputKind.Of<ImageIdsInput>((_, _) => new ImageIdFiller()),
        InputKind.Of<RandomIdsInput>((input, _) => new RandomIdFiller(input)));

    /// <summary>The filler of a recipe.</summary>
    /// <param name="kinds">The kinds that there are.</param>
    /// <param name="recipe">How the input is filled.</param>
    /// <param name="channels">Channels of the images, ≥ 1.</param>
    /// <exception cref="ArgumentException">The recipe is of no kind of the catalog, or makes no sense.</exception>
    public static InputFiller Filler(this Catalog<InputKind> kinds, BatchRecipe recipe, int channels) =>
        kinds.Get(RecipeKind.Of(recipe.GetType()).Name).Filler(recipe, channels);
}
