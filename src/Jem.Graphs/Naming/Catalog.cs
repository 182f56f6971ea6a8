using Jem.Shared;

namespace Jem.Graphs.Naming;

/// <summary>What a <see cref="Catalog{T}"/> lists.</summary>
public interface INamed
{
    /// <summary>The name that a person writes. It is unique in its catalog.</summary>
    string Name { get; }
}

/// <summary>Rows in an order, found by their names. A catalog never changes: <see cref="With"/> gives another one.</summary>
/// <typeparam name="T">The type of a row.</typeparam>
public sealed class Catalog<T>
    where T : INamed
{
    private readonly string _what;

    /// <summary>Lists rows.</summary>
    /// <param name="what">What a row is, for messages: <c>method</c>.</param>
    /// <param name="rows">In the order in which they are shown.</param>
    /// <exception cref="ArgumentException">Two rows have the same name.</exception>
    public Catalog(string what, params IEnumerable<T> rows)
    {
        (_what, All) = (what, [.. rows]);
        Names = [.. All.Select(row => row.Name)];
        if (Names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"There are two rows '{twice.Key}' of the kind {what}; a name is unique. Give one of them another name.");
        }
    }

    /// <summary>Every row.</summary>
    public IReadOnlyList<T> All { get; }

    /// <summary>The name of every row.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The row of a name; the message names the nearest one.</summary>
    /// <exception cref="ArgumentException">There is no row of that name.</exception>
    public T Get(string name)
    {
        foreach (var row in All)
        {
            if (row.Name == name)
            {
                return row;
            }
        }

        throw new ArgumentException(Names.Count == 0 ? $"Unknown {_what} '{name}'. There is none." : $"Unknown {_what} '{name}'. "
            + $"Did you mean '{Nearest.To(name, Names)}'?");
    }

    /// <summary>The same rows, and more after them.</summary>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public Catalog<T> With(params IEnumerable<T> rows) => new(_what, [.. All, .. rows]);
}
