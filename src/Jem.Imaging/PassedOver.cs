using System.Globalization;

namespace Jem.Imaging;

/// <summary>What a listing left out, counted by its reason.</summary>
public sealed class PassedOver
{
    private const int Named = 3;
    private readonly List<(Reason Reason, int Count, SortedSet<string> Names)> _rows = [];

    /// <summary>How many images, or links to them, were left out.</summary>
    public int Count => _rows.Sum(row => row.Count);

    /// <summary>
    /// One line without a full stop, such as <c>passed over: 3 .heic, which are not read, 12 in hidden folders (.thumbnails)</c>; empty for nothing.
    /// </summary>
    public override string ToString() =>
        Count == 0 ? "" : $"passed over: {string.Join(", ", _rows.OrderBy(row => row.Reason.Many, StringComparer.Ordinal).Select(Text))}";

    /// <param name="name">What the person would look for; only a few are kept.</param>
    internal void Add(Reason reason, string? name, int count = 1)
    {
        var at = _rows.FindIndex(row => row.Reason == reason);
        (Reason Reason, int Count, SortedSet<string> Names) row = at < 0 ? (reason, 0, new SortedSet<string>(StringComparer.Ordinal)) : _rows[at];
        row.Count += count;
        if (name is not null && row.Names.Add(name) && row.Names.Count > Named + 1)
        {
            row.Names.Remove(row.Names.Max!);
        }

        if (at < 0)
        {
            _rows.Add(row);
        }
        else
        {
            _rows[at] = row;
        }
    }

    private static string Text((Reason Reason, int Count, SortedSet<string> Names) row)
    {
        var names = row.Names.Count == 0 ? "" : $" ({string.Join(", ", row.Names.Take(Named))}{(row.Names.Count > Named ? ", …" : "")})";
        return $"{row.Count.ToString("N0", CultureInfo.InvariantCulture)} {(row.Count == 1 ? row.Reason.One : row.Reason.Many)}{names}";
    }

    /// <summary>Why an image is passed over, as it is said of one and of many.</summary>
    internal sealed record Reason(string One, string Many)
    {
        public static readonly Reason InHidden = new("in a hidden folder", "in hidden folders");
        public static readonly Reason InByProduct = new("in a folder of another program's by-products", "in folders of other programs' by-products");
        public static readonly Reason Hidden = new("hidden file", "hidden files");
        public static readonly Reason Repeated = new("link to a folder that is listed anyway", "links to folders that are listed anyway");
        public static readonly Reason Broken = new("link that leads nowhere", "links that lead nowhere");
        public static readonly Reason Denied = new("link that may not be followed", "links that may not be followed");
        public static readonly Reason Special = new("pipe or device called like an image", "pipes or devices called like images");
        public static readonly Reason NotUtf8 = new("whose name is not UTF-8 and has to be renamed", "whose names are not UTF-8 and have to be renamed");

        public static Reason Unread(string ending) => new($"{ending}, which is not read", $"{ending}, which are not read");
    }
}
