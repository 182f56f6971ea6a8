using Jem.Graphs.Options;
using Jem.Graphs.Programs;

namespace Jem.Trainer.Views;

/// <summary>What a recipe must satisfy: the range of each setting, and what two of them must agree on.</summary>
public static class ViewRecipeRules
{
    /// <exception cref="ArgumentException">A setting is out of its range; the message names it, what it is, and what it may be.</exception>
    public static void Check(ViewRecipe recipe)
    {
        OptionTable.Check(recipe, group: "views");
        PerView("blur", recipe.Blur, recipe.Count);
        PerView("solarize", recipe.Solarize, recipe.Count);
    }

    private static void PerView(string setting, double[] values, int count)
    {
        if (values.Length != 1 && values.Length != count)
        {
            throw new ArgumentException(
                $"views.{setting} is {OptionRow.Text(values)}; "
                + $"expected one probability for all views or {(count == 1 ? "no more" : $"one for each of the {count}")}.");
        }
    }
}
