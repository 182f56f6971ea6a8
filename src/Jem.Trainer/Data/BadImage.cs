namespace Jem.Trainer.Data;

/// <summary>An image of a set that cannot be read and is left out.</summary>
/// <param name="Name">As <see cref="IImageSet.Name"/> would call it.</param>
/// <param name="Reason">A sentence.</param>
public sealed record BadImage(string Name, string Reason);
