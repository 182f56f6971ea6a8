namespace Jem.Graphs.Options;

/// <summary>
/// Says beside an option what it means and which values it takes. What is printed, what is checked and what a complaint says all come
/// from here. Without bounds every finite number is allowed; of a list the bounds hold for each number.
/// </summary>
/// <param name="meaning">One or two sentences for a person who knows the papers.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute(string meaning) : Attribute
{
    /// <summary>One or two sentences for a person who knows the papers.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>The papers' letter, such as τ; empty without one.</summary>
    public string Symbol { get; init; } = "";

    /// <summary>The value is greater than this.</summary>
    public double Above { get; init; } = double.NegativeInfinity;

    /// <summary>The smallest value.</summary>
    public double Least { get; init; } = double.NegativeInfinity;

    /// <summary>The value is less than this.</summary>
    public double Below { get; init; } = double.PositiveInfinity;

    /// <summary>The largest value.</summary>
    public double Most { get; init; } = double.PositiveInfinity;

    /// <summary>Whether a list is exactly two numbers, low ≤ high.</summary>
    public bool Interval { get; init; }

    /// <summary>The values of a text.</summary>
    public string[] Names { get; init; } = [];

    /// <summary>The name of the catalog that has the values of a text, which is passed to <see cref="OptionTable"/>; null for none.</summary>
    public string? Catalog { get; init; }
}
