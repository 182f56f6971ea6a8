using System.Globalization;

namespace Jem.Trainer.Collapse;

/// <summary>How embeddings have collapsed. The number is that of <c>collapse</c> in <c>metrics.jsonl</c>, where 0 is not at all.</summary>
public enum CollapseKind
{
    /// <summary>Every image has the same embedding.</summary>
    Complete = 1,

    /// <summary>The embeddings lie in few directions.</summary>
    Dimensional = 2,

    /// <summary>The loss stays at a value that only a collapsed network has for long, whatever the embeddings look like.</summary>
    Loss = 3,
}

/// <summary>A collapse, as a person should hear of it.</summary>
/// <param name="Since">The first step that shows it.</param>
/// <param name="Evidence">In numbers.</param>
/// <param name="Advice">What usually helps with the method; empty if the program does not say.</param>
public sealed record CollapseFinding(CollapseKind Kind, long Since, string Evidence, string Advice)
{
    /// <summary>In a few words: <c>complete collapse since step 120</c>.</summary>
    public string Brief => string.Create(CultureInfo.InvariantCulture, $"{Name} since step {Since:N0}");

    /// <summary>In one line.</summary>
    public string Text =>
        $"{char.ToUpperInvariant(Brief[0])}{Brief[1..]}: {Evidence}."
        + (Advice.Length == 0 ? "" : $" What usually helps: {char.ToLowerInvariant(Advice[0])}{Advice[1..]}");

    private string Name => Kind switch
    {
        CollapseKind.Complete => "complete collapse",
        CollapseKind.Dimensional => "dimensional collapse",
        _ => "collapse by its loss",
    };
}
