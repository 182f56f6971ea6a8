namespace Jem.Graphs.Programs;

/// <summary>How a method's collapse shows, and what helps.</summary>
/// <param name="Losses">Values at which the loss stays when it has collapsed.</param>
/// <param name="Advice">What usually helps with this method in any case, the likeliest first.</param>
public sealed record CollapseSigns(IReadOnlyList<TellTale> Losses, IReadOnlyList<Advice> Advice);

/// <summary>A value of the loss that only a collapsed network has for long.</summary>
/// <param name="Value">The loss.</param>
/// <param name="Meaning">The value as a formula, and why: <c>ln K: every prototype is equally likely</c>.</param>
public sealed record TellTale(double Value, string Meaning)
{
    /// <summary>What helps where the loss stays at this value, the likeliest first.</summary>
    public IReadOnlyList<Advice> Advice { get; init; } = [];
}

/// <summary>One thing that a person may do against a collapse.</summary>
/// <param name="Reason">What it is, in words that begin with a small letter: <c>a smaller temperature</c>.</param>
/// <param name="Setting">The dotted name of the option to set: <c>ema.momentum</c>; null where words are all.</param>
/// <param name="Value">What to set it to, as a person writes it: <c>0.99</c>; null likewise.</param>
public sealed record Advice(string Reason, string? Setting = null, string? Value = null);
