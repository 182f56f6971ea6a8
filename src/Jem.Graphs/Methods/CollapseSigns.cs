namespace Jem.Graphs.Methods;

/// <summary>How a method's collapse shows, and what helps.</summary>
/// <param name="Losses">Values at which the loss stays when it has collapsed.</param>
/// <param name="Advice">What usually helps with this method, as a person would say it; see <see cref="Advice"/>.</param>
public sealed record CollapseSigns(IReadOnlyList<TellTale> Losses, string Advice);

/// <summary>A value of the loss that only a collapsed network has for long.</summary>
/// <param name="Value">The loss.</param>
/// <param name="Meaning">The value as a formula, and why: <c>ln K: every prototype is equally likely</c>.</param>
public sealed record TellTale(double Value, string Meaning);
