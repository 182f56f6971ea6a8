using System.Globalization;
using System.Text;
using Jem.Imaging.Files;

namespace Jem.Embed.Vectors;

/// <summary>Comma-separated values (RFC 4180): a header <c>path,e0,e1,…</c>, then one line per vector, numbers so that they read back the same.</summary>
public sealed class CsvVectorWriter : VectorWriter
{
    private readonly AtomicFile _file;
    // It holds nothing but the stream of the file, which closes it.
    private readonly StreamWriter _text;

    /// <inheritdoc cref="VectorWriter.Create(string, int)"/>
    public CsvVectorWriter(string path, int dimension)
        : base(dimension)
    {
        _file = Create(path);
        _text = new StreamWriter(_file.Stream, new UTF8Encoding(false)) { NewLine = "\n" };
        _text.WriteLine($"path,{string.Join(',', Enumerable.Range(0, dimension).Select(i => $"e{i}"))}");
    }

    protected override async Task WriteRowsAsync(IReadOnlyList<string> names, VectorMatrix vectors)
    {
        var line = new StringBuilder();
        for (var row = 0; row < vectors.Count; row++)
        {
            line.Clear().Append(Quote(names[row]));
            foreach (var number in vectors.Row(row))
            {
                line.Append(CultureInfo.InvariantCulture, $",{number}");
            }

            await _text.WriteLineAsync(line);
        }
    }

    public override async Task CompleteAsync()
    {
        await _text.FlushAsync();
        _file.Commit();
    }

    protected override void Dispose(bool disposing) => _file.Dispose();

    private static string Quote(string name) =>
        name.AsSpan().ContainsAny(",\"\r\n") ? $"\"{name.Replace("\"", "\"\"")}\"" : name;
}
