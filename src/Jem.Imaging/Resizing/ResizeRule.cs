namespace Jem.Imaging.Resizing;

/// <summary>How an image of any shape becomes a square.</summary>
public enum ResizeRule
{
    /// <summary>Stretched to the square; the proportions change.</summary>
    Squash,

    /// <summary>The shortest side becomes the square's side, then the middle is cut out.</summary>
    ShortestSideCenterCrop,
}
