using System.Reflection;
using System.Text.Json;

namespace Jem.Graphs.Options;

/// <summary>The options of a record, with those of the records in it.</summary>
public static class OptionTable
{
    private static readonly OptionAttribute s_silent = new("");

    /// <summary>Every option: those first that not every record of the same kind has.</summary>
    /// <param name="catalogs">The names that <see cref="OptionAttribute.Catalog"/> refers to, by catalog.</param>
    /// <param name="group">The dotted name of the record itself, such as <c>views</c>; empty for a whole configuration.</param>
    /// <exception cref="ArgumentException">An option takes names of a catalog that is not given.</exception>
    public static IReadOnlyList<OptionRow> Of(object options, IReadOnlyDictionary<string, IReadOnlyList<string>>? catalogs = null, string group = "")
    {
        var type = options.GetType();
        return [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => Owns(type, property) ? 0 : 1).SelectMany(Rows)];

        IEnumerable<OptionRow> Rows(PropertyInfo property)
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            var (path, own, value) = (group.Length == 0 ? name : $"{group}.{name}", Owns(type, property), property.GetValue(options)!);
            if (property.PropertyType is { IsClass: true, IsArray: false } inner && inner != typeof(string))
            {
                return Of(value, catalogs, path).Select(row => row with { Own = own });
            }

            var about = property.GetCustomAttribute<OptionAttribute>() ?? s_silent;
            return [new OptionRow(path, own, property.PropertyType, value, about, about.Catalog is { } catalog ? Names(catalog, path) : about.Names)];
        }

        IReadOnlyList<string> Names(string catalog, string option) => catalogs is not null && catalogs.TryGetValue(catalog, out var names)
            ? names
            : throw new ArgumentException($"{option} takes a name of the catalog '{catalog}', which was not given. Pass its names to {nameof(OptionTable)}.");
    }

    // A record between the root of its kind and the type shares options among a few types only.
    private static bool Owns(Type type, PropertyInfo property) => property.DeclaringType == type || property.DeclaringType!.BaseType != typeof(object);

    /// <summary>Refuses a record with an option out of its range.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it, what it is, and what it may be.</exception>
    /// <inheritdoc cref="Of"/>
    public static void Check(object options, IReadOnlyDictionary<string, IReadOnlyList<string>>? catalogs = null, string group = "")
    {
        foreach (var row in Of(options, catalogs, group))
        {
            if (row.Complaint(row.Value) is { } complaint)
            {
                throw new ArgumentException(complaint);
            }
        }
    }
}
