namespace Jem.Imaging.Resizing;

/// <summary>A rectangle of an image, in pixels.</summary>
/// <param name="Left">Columns to the left of it.</param>
/// <param name="Top">Rows above it.</param>
/// <param name="Width">At least 1.</param>
/// <param name="Height">At least 1.</param>
public readonly record struct CropBox(int Left, int Top, int Width, int Height);
