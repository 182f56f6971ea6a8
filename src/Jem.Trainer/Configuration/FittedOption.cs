namespace Jem.Trainer.Configuration;

/// <summary>An option that was chosen for the images and the machine.</summary>
/// <param name="Option">Its dotted name, or <c>steps</c>.</param>
/// <param name="Value">As a person writes it.</param>
/// <param name="Reason">Why this value: a clause.</param>
public sealed record FittedOption(string Option, string Value, string Reason);
