using System.Reflection;
using Jem.Graphs.Naming;

namespace Jem.Graphs.Programs;

/// <summary>Says beside a recipe what it is called in <c>program.json</c>: the value of <c>kind</c>.</summary>
/// <param name="name">In snake_case. It stays when the record is renamed, for files have it.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KindAttribute(string name) : Attribute
{
    /// <summary>The value of <c>kind</c>.</summary>
    public string Name { get; } = name;
}

/// <summary>A type of recipe that a manifest may hold.</summary>
/// <param name="Name">The value of <c>kind</c> in <c>program.json</c>.</param>
/// <param name="Type">The record that it is read as.</param>
public sealed record RecipeKind(string Name, Type Type) : INamed
{
    /// <summary>The kind of a recipe that has a <see cref="KindAttribute"/>.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    public static RecipeKind Of(Type recipe) => recipe.GetCustomAttribute<KindAttribute>() is { } kind
        ? new(kind.Name, recipe)
        : throw new ArgumentException($"The recipe {recipe.Name} has no name for program.json. Write [Kind(\"name\")] above the record.");
}

/// <summary>The types of recipes that a reader of manifests knows.</summary>
/// <param name="Schedules">How scalars move: subtypes of <see cref="ScheduleRecipe"/>.</param>
/// <param name="Inputs">How batch inputs are filled: subtypes of <see cref="BatchRecipe"/>.</param>
public sealed record ProgramKinds(Catalog<RecipeKind> Schedules, Catalog<RecipeKind> Inputs)
{
    /// <summary>Those of this library.</summary>
    public static ProgramKinds BuiltIn { get; } = new(
        new("kind of schedule", RecipeKind.Of(typeof(CosineSchedule)), RecipeKind.Of(typeof(PointerSchedule)), RecipeKind.Of(typeof(SwitchSchedule))),
        new(
            "kind of batch input",
            new[] { typeof(ViewsInput), typeof(JigsawInput), typeof(BlockMaskInput), typeof(ImageIdsInput), typeof(RandomIdsInput) }.Select(RecipeKind.Of)));
}
