namespace Jem.Trainer.Reporting.Embeddings;

/// <summary>
/// Turns and, where it helps, mirrors one map of the same points until it lies on another as well as it can (orthogonal Procrustes):
/// a map has no up or left of its own.
/// </summary>
internal static class PlaneAlignment
{
    /// <param name="map">Positions [n, 2] around the origin; as <paramref name="target"/>.</param>
    public static float[] Align(float[] map, float[] target)
    {
        var (straight, mirrored) = (Turn(map, target, mirror: 1), Turn(map, target, mirror: -1));
        var (cos, sin, mirror) = Length(straight) >= Length(mirrored) ? (straight.Cos, straight.Sin, 1.0) : (mirrored.Cos, mirrored.Sin, -1.0);
        var length = Math.Sqrt((cos * cos) + (sin * sin));
        if (length < 1e-12)
        {
            return map;
        }

        (cos, sin) = (cos / length, sin / length);
        var aligned = new float[map.Length];
        for (var i = 0; i < map.Length; i += 2)
        {
            var (x, y) = (map[i], mirror * map[i + 1]);
            (aligned[i], aligned[i + 1]) = ((float)((cos * x) - (sin * y)), (float)((sin * x) + (cos * y)));
        }

        return aligned;
    }

    // The best angle has this cosine and sine, up to their length.
    private static (double Cos, double Sin) Turn(float[] map, float[] target, double mirror)
    {
        var (cos, sin) = (0.0, 0.0);
        for (var i = 0; i < map.Length; i += 2)
        {
            var (x, y) = ((double)map[i], mirror * map[i + 1]);
            cos += (x * target[i]) + (y * target[i + 1]);
            sin += (x * target[i + 1]) - (y * target[i]);
        }

        return (cos, sin);
    }

    private static double Length((double Cos, double Sin) vector) => (vector.Cos * vector.Cos) + (vector.Sin * vector.Sin);
}
