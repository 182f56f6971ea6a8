using System.Reflection;
using System.Text.Json;

namespace Jem.Graphs.Options;

/// <summary>The options of a record, with those of the records in it.</summary>
public static class OptionTable
{
    private static readonly OptionAttribute s_silent = new("");

    /// <summary>Every option: those first that not every record of the same kind has.</summary>
    /// <param name="group">The dotted name of the record itself, such as <c>views</c>; empty for a whole configuration.</param>
    public static IReadOnlyList<OptionRow> Of(object options, string group = "")
    {
        var type = options.GetType();
        return [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => Owns(type, property) ? 0 : 1).SelectMany(Rows)];

        IEnumerable<OptionRow> Rows(PropertyInfo property)
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            var (path, own, value) = (group.Length == 0 ? name : $"{group}.{name}", Owns(type, property), property.GetValue(options)!);
            return property.PropertyType is { IsClass: true, IsArray: false } inner && inner != typeof(string)
                ? Of(value, path).Select(row => row with { Own = own })
                : [new OptionRow(path, own, property.PropertyType, value, property.GetCustomAttribute<OptionAttribute>() ?? s_silent)];
        }
    }

    // A record between the root of its kind and the type shares options among a few types only.
    private static bool Owns(Type type, PropertyInfo property) => property.DeclaringType == type || property.DeclaringType!.BaseType != typeof(object);

    /// <exception cref="ArgumentException">An option is out of its range; the message names it, what it is, and what it may be.</exception>
    public static void Check(object options, string group = "")
    {
        foreach (var row in Of(options, group))
        {
            if (row.Complaint(row.Value) is { } complaint)
            {
                throw new ArgumentException(complaint);
            }
        }
    }
}
