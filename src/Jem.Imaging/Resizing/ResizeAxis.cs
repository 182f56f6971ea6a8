namespace Jem.Imaging.Resizing;

/// <summary>One direction of a resizing: a stretch of pixels becomes <paramref name="Target"/> pixels, some of which are made.</summary>
/// <param name="Start">The first pixel of the stretch.</param>
/// <param name="Length">Pixels of the stretch.</param>
/// <param name="First">The first pixel of the result that is made.</param>
/// <param name="Count">How many are made.</param>
/// <param name="Mirror">Whether they are in reverse order.</param>
internal readonly record struct ResizeAxis(int Start, int Length, int Target, int First, int Count, bool Mirror = false)
{
    /// <summary>All pixels of the result.</summary>
    public static ResizeAxis Whole(int start, int length, int target, bool mirror = false) => new(start, length, target, 0, target, mirror);

    /// <summary>The middle of the result.</summary>
    public static ResizeAxis Middle(int length, int target, int count) =>
        new(0, length, target, (int)Math.Round((target - count) / 2.0, MidpointRounding.ToEven), count);

    /// <summary>Whether the result is what was there.</summary>
    public bool IsIdentity => Length == Target && Target == Count && !Mirror;
}
