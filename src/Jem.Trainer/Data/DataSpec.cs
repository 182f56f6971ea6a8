using System.Text.RegularExpressions;
using Jem.Graphs.Naming;
using Jem.Shared;

namespace Jem.Trainer.Data;

/// <summary>
/// Names a data set: <c>kind</c>, <c>kind:argument</c>, either with <c>?option=value&amp;…</c>.
/// <see cref="DataKinds.BuiltIn"/> lists the kinds of this library.
/// </summary>
public sealed record DataSpec
{
    internal const string RangeOption = "range";

    private DataSpec(DataKind kind, string? argument, IReadOnlyDictionary<string, int> options, IReadOnlyList<MixturePart> parts) =>
        (Kind, Argument, Options, Parts) = (kind, argument, options, parts);

    /// <summary>What stands before the colon, as the catalog has it.</summary>
    public DataKind Kind { get; }

    /// <summary>What follows the colon, such as a folder; null for a kind that takes nothing there.</summary>
    public string? Argument { get; }

    /// <summary>Every option of the kind, given or by default.</summary>
    public IReadOnlyDictionary<string, int> Options { get; }

    /// <summary>The parts of a mixture; empty for other kinds.</summary>
    public IReadOnlyList<MixturePart> Parts { get; }

    /// <summary>The level of white in files of more than 8 bits per sample; 0 where it does not say one.</summary>
    public int Range => Parts.Count > 0 ? Parts.Max(part => part.Spec.Range) : Options.GetValueOrDefault(RangeOption);

    /// <summary>What a text names.</summary>
    /// <param name="text">The specification, as a person writes it: <c>folder:photos?channels=1</c>.</param>
    /// <param name="kinds">The kinds of data that there are; null for those of this library.</param>
    /// <exception cref="ArgumentException">Not a specification; the message says what is wrong and gives the nearest valid name.</exception>
    public static DataSpec Parse(string text, Catalog<DataKind>? kinds = null)
    {
        kinds ??= DataKinds.BuiltIn;
        // The parts of a mixture have question marks of their own.
        var question = text.StartsWith($"{DataKinds.Mixture}:", StringComparison.Ordinal) ? -1 : text.LastIndexOf('?');
        var (main, tail) = question < 0 ? (text, "") : (text[..question], text[(question + 1)..]);
        var colon = main.IndexOf(':', StringComparison.Ordinal);
        var (name, argument) = colon < 0 ? (main, null) : (main[..colon], main[(colon + 1)..]);
        var kind = kinds.All.FirstOrDefault(kind => kind.Name == name) ?? throw Unknown(text, name, kinds.All);
        if (question > colon && colon >= 0 && kind.Arguments is [] && (tail.Length == 0 || Path.Exists(text[(colon + 1)..])))
        {
            // A name may hold question marks, too.
            (argument, tail) = (text[(colon + 1)..], "");
        }

        CheckArgument(text, kind, argument);
        return new DataSpec(kind, argument, ParseOptions(kind, tail), kind.Name == DataKinds.Mixture ? MixtureSyntax.Parse(argument!, kinds) : []);
    }

    /// <summary>
    /// The same data, named so that they are found from any folder. A path that cannot be written so, such as one below a folder with a question
    /// mark in its name, stays as it is.
    /// </summary>
    public DataSpec Rooted()
    {
        var argument = Kind.TakesPath && Path.GetFullPath(Argument!) is var full && !full.Contains('?') ? full : Argument;
        return new DataSpec(Kind, argument, Options, [.. Parts.Select(part => part with { Spec = part.Spec.Rooted() })]);
    }

    /// <summary>The range of a specification of whatever kinds; the parts of a mixture have the same one.</summary>
    internal static int RangeIn(string text) =>
        Regex.Match(text, $@"[?&]{RangeOption}=(\d+)") is { Success: true } match && int.TryParse(match.Groups[1].Value, out var range) ? range : 0;

    /// <summary>The specification in full: options that differ from their defaults, in the order of the kind's table.</summary>
    public override string ToString()
    {
        if (Parts.Count > 0)
        {
            return $"{Kind.Name}:{MixtureSyntax.Write(Parts)}";
        }

        // Behind a name with a question mark an option is written although it is the default, so that the name is not read as options.
        var first = Argument?.Contains('?') == true && Kind.Options.Count > 0 ? Kind.Options[0] : null;
        var options = Kind.Options.Where(option => option == first || Options[option.Name] != option.Default)
            .Select(option => $"{option.Name}={Options[option.Name]}")
            .ToList();
        return Kind.Name + (Argument is null ? "" : $":{Argument}") + (options.Count == 0 ? "" : $"?{string.Join('&', options)}");
    }

    private static ArgumentException Unknown(string text, string name, IReadOnlyList<DataKind> kinds)
    {
        if (Directory.Exists(text) || text.StartsWith('/') || text.StartsWith('.'))
        {
            return new ArgumentException($"Data '{text}' name no kind. For a folder of images write folder:{text}");
        }

        var nearest = kinds.First(kind => kind.Name == Nearest.To(name, kinds.Select(kind => kind.Name)));
        return new ArgumentException(
            $"Unknown kind of data '{name}'. Did you mean '{nearest.Usage}'? There are {string.Join(", ", kinds.Select(kind => kind.Usage))}.");
    }

    private static void CheckArgument(string text, DataKind kind, string? argument)
    {
        if (kind.Arguments is null ? argument is not null : string.IsNullOrEmpty(argument))
        {
            throw new ArgumentException(
                $"Data '{text}' {(kind.Arguments is null ? "take nothing after a colon" : "lack something after the colon")}: write {kind.Usage}");
        }

        if (kind.Arguments is { Length: > 0 } names && !names.Contains(argument))
        {
            throw new ArgumentException($"Unknown {kind.Name} data '{argument}'. Did you mean '{kind.Name}:{Nearest.To(argument!, names)}'?");
        }
    }

    private static Dictionary<string, int> ParseOptions(DataKind kind, string tail)
    {
        var options = kind.Options.ToDictionary(option => option.Name, option => option.Default);
        foreach (var item in tail.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = item.Split('=', 2);
            var names = kind.Options.Select(option => option.Name).ToList();
            var option = kind.Options.FirstOrDefault(option => option.Name == pair[0])
                ?? throw new ArgumentException(names.Count == 0
                    ? $"Data of kind '{kind.Name}' have no options; '{item}' is not known."
                    : $"Unknown option '{pair[0]}' of {kind.Name}. Did you mean '{Nearest.To(pair[0], names)}'? There are {string.Join(", ", names)}."
                        + (kind.Arguments is [] ? $" If the question mark belongs to the name, nothing of that name is there." : ""));
            if (pair.Length < 2 || !int.TryParse(pair[1], out var value) || value < option.Low || value > option.High)
            {
                throw new ArgumentException(
                    $"Option '{item}' of {kind.Name} needs a whole number from {option.Low} to {option.High}: "
                    + $"{option.Summary}, such as {option.Name}={option.Default}");
            }

            options[option.Name] = value;
        }

        return options;
    }
}
