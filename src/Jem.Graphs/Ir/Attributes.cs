using System.Collections;

namespace Jem.Graphs.Ir;

/// <summary>
/// The attributes of a node, by name: <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or <c>long[]</c>. They do not change.
/// </summary>
public sealed class Attributes : IEnumerable<KeyValuePair<string, object>>
{
    private readonly SortedDictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>Attributes by name and value; of two of one name the last counts.</summary>
    public Attributes(params ReadOnlySpan<(string Name, object Value)> pairs)
    {
        foreach (var (name, value) in pairs)
        {
            _values[name] = value;
        }
    }

    /// <summary>No attributes.</summary>
    public static Attributes None { get; } = new();

    /// <summary>The same, and others besides; of two of one name the new one counts.</summary>
    public Attributes With(params ReadOnlySpan<(string Name, object Value)> pairs) =>
        new([.. _values.Select(pair => (pair.Key, pair.Value)), .. pairs]);

    /// <summary>The same without one of them.</summary>
    public Attributes Without(string name) => new([.. _values.Where(pair => pair.Key != name).Select(pair => (pair.Key, pair.Value))]);

    /// <summary>An integer; another value where it is not given.</summary>
    public long Int(string name, long otherwise) => _values.TryGetValue(name, out var value) ? (long)value : otherwise;

    /// <summary>A list of integers.</summary>
    /// <exception cref="KeyNotFoundException">It is not given.</exception>
    public long[] Ints(string name) => (long[])_values[name];

    /// <summary>A list of integers; another one where it is not given.</summary>
    public long[] Ints(string name, long[] otherwise) => _values.TryGetValue(name, out var value) ? (long[])value : otherwise;

    /// <summary>A real number; another value where it is not given.</summary>
    public double Real(string name, double otherwise) => _values.TryGetValue(name, out var value) ? (double)value : otherwise;

    /// <summary>A text; another value where it is not given.</summary>
    public string Text(string name, string otherwise) => _values.TryGetValue(name, out var value) ? (string)value : otherwise;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Names and values, for messages and as a key.</summary>
    public override string ToString() =>
        string.Join(' ', this.Select(pair => $"{pair.Key}={(pair.Value is long[] ints ? $"[{string.Join(',', ints)}]" : pair.Value)}"));
}
