using Jem.Graphs.Programs;

namespace Jem.Trainer.Configuration;

/// <summary>A program's advice in the words of the command line.</summary>
public static class AdviceText
{
    /// <summary>One sentence: what helps, each with the setting that does it; empty without advice.</summary>
    /// <param name="at">The value at which the loss stays, whose advice comes first; null where it stays at none, and all cases are told.</param>
    public static string Of(CollapseSigns signs, TellTale? at)
    {
        IEnumerable<TellTale> cases = at is null ? signs.Losses : [at];
        var words = cases.SelectMany(one => one.Advice).Concat(signs.Advice)
            .Select(piece => piece.Setting is null ? piece.Reason : $"{piece.Reason} (--set {piece.Setting}={piece.Value})").ToList();
        if (words.Count == 0)
        {
            return "";
        }

        var text = words.Count == 1 ? words[0] : $"{string.Join("; ", words[..^1])}; or {words[^1]}";
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }
}
