namespace Jem.Graphs.Ir;

/// <summary>
/// The attributes of a node, by name: <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or <c>long[]</c>.
/// </summary>
public sealed class Attributes : SortedDictionary<string, object>
{
    public Attributes()
        : base(StringComparer.Ordinal)
    {
    }

    public static Attributes None { get; } = [];

    public long Int(string name, long otherwise) => TryGetValue(name, out var value) ? (long)value : otherwise;

    public long[] Ints(string name) => (long[])this[name];

    public double Real(string name, double otherwise) => TryGetValue(name, out var value) ? (double)value : otherwise;

    public string Text(string name, string otherwise) => TryGetValue(name, out var value) ? (string)value : otherwise;

    public override string ToString() =>
        string.Join(' ', this.Select(pair => $"{pair.Key}={(pair.Value is long[] ints ? $"[{string.Join(',', ints)}]" : pair.Value)}"));
}
