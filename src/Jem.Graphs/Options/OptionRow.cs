using System.Globalization;
using Jem.Shared;

namespace Jem.Graphs.Options;

/// <summary>One option of a record of options.</summary>
/// <param name="Name">Dotted, as in files and settings: <c>views.crop_scale</c>.</param>
/// <param name="Own">Whether the record's own type declares it, or one that it shares with a few, rather than the root of its kind.</param>
/// <param name="Type">A number, a text, a bool, or an array of numbers.</param>
/// <param name="Value">Its value in the record.</param>
/// <param name="About">What it means and which values it takes.</param>
/// <param name="Names">The values of a text; empty where any will do.</param>
public sealed record OptionRow(string Name, bool Own, Type Type, object Value, OptionAttribute About, IReadOnlyList<string> Names)
{
    /// <summary>The values it takes, in as few signs as will do: <c>&gt; 0</c>, <c>[0, 1)</c>, <c>low,high in (0, 1]</c>; empty where any will do.</summary>
    public string Range => Type == typeof(bool) ? "true, false"
        : Type == typeof(string) ? string.Join(", ", Names)
        : About.Interval ? $"low,high {Bounds}".TrimEnd()
        : Type.IsArray ? (Bounds.Length == 0 ? "list" : $"each {Bounds}")
        : Bounds.StartsWith("in ", StringComparison.Ordinal) ? Bounds[3..] : Bounds;

    /// <summary>A value as a person writes it in a setting: <c>0.2,1</c>.</summary>
    public static string Text(object? value) => value switch
    {
        null => "nothing",
        bool flag => flag ? "true" : "false",
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        Array list => string.Join(',', list.Cast<object>().Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>What is wrong with a value of the option's type; null where nothing is.</summary>
    public string? Complaint(object value) => Allows(value) ? null : Refusal(Text(value), Hint(value));

    /// <summary>The complaint about a value that was written as a text: which option, got, expected, and what the option means.</summary>
    public string Refusal(string got, string hint = "") => Names.Count > 0
        ? $"{Name} is '{got}'; expected {string.Join(", ", Names)}. Did you mean '{Nearest.To(got, Names)}'?"
        : $"{Name} is {(got.Length == 0 ? "empty" : got)}; expected {Kind}{(Allows(Value) ? $", such as {Text(Value)}" : "")}{hint}. {About.Meaning}".TrimEnd();

    private string Kind => Type == typeof(bool) ? "true or false"
        : Type == typeof(string) ? "a text"
        : About.Interval ? $"two numbers {Range} with low ≤ high"
        : Type.IsArray ? $"numbers{(Bounds.Length == 0 ? "" : $", {Range}")}"
        : $"a {(Type == typeof(double) ? "number" : "whole number")} {Bounds}".TrimEnd();

    private string Bounds
    {
        get
        {
            var (lowest, highest) = (Math.Max(About.Least, About.Above), Math.Min(About.Most, About.Below));
            return (double.IsFinite(lowest), double.IsFinite(highest)) switch
            {
                (true, true) => $"in {(About.Above >= About.Least ? '(' : '[')}{Text(lowest)}, {Text(highest)}{(About.Below <= About.Most ? ')' : ']')}",
                (true, false) => $"{(About.Above >= About.Least ? '>' : '≥')} {Text(lowest)}",
                (false, true) => $"{(About.Below <= About.Most ? '<' : '≤')} {Text(highest)}",
                _ => "",
            };
        }
    }

    private bool Allows(object value) => value switch
    {
        string name => Names.Count == 0 || Names.Contains(name),
        bool => true,
        Array list => list.Length > 0 && Numbers(list).All(Holds) && (!About.Interval || (Numbers(list) is [var low, var high] && low <= high)),
        _ => Holds(Number(value)),
    };

    private bool Holds(double value) => double.IsFinite(value) && value > About.Above && value >= About.Least && value < About.Below && value <= About.Most;

    // What a person who wrote the value probably meant.
    private string Hint(object value) => value switch
    {
        Array list when About.Interval && Numbers(list) is [var first, var second] && first > second && Numbers(list).All(Holds) => "; swap the two",
        Array list => Numbers(list).Select(number => Hint(number)).FirstOrDefault(hint => hint.Length > 0, ""),
        not string when About is { Least: 0, Most: 1 } && Number(value) is > 1 and <= 100 and var percent => $"; for {Text(percent)} per cent write "
            + $"{Text(percent / 100)}",
        _ => "",
    };

    private static double[] Numbers(Array list) => [.. list.Cast<object>().Select(Number)];

    private static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
