using Jem.Imaging.Files;
using Parquet;
using Parquet.Schema;

namespace Jem.Embed.Vectors;

/// <summary>Apache Parquet with the columns <c>path</c> (string) and <c>embedding</c> (list of float).</summary>
public sealed class ParquetVectorWriter(string path, int dimension) : VectorWriter(dimension)
{
    // A row group is the unit that readers load; of this many rows or numbers it is neither tiny nor large.
    private const int RowsPerGroup = 16384;
    private const int NumbersPerGroup = 1 << 23;

    private static readonly ParquetSchema s_schema = new(
        new DataField<string>("path", nullable: false),
        new ListField("embedding", new DataField<float>("element", nullable: false)));

    private readonly AtomicFile _file = Create(path);
    private readonly List<string> _names = [];
    private readonly List<float> _numbers = [];
    private ParquetWriter? _writer;

    protected override async Task WriteRowsAsync(IReadOnlyList<string> names, VectorMatrix vectors)
    {
        _names.AddRange(names);
        _numbers.AddRange(vectors.Data.Span);
        if (_names.Count >= RowsPerGroup || _numbers.Count >= NumbersPerGroup)
        {
            await FlushAsync();
        }
    }

    public override async Task CompleteAsync()
    {
        await FlushAsync();
        await _writer!.DisposeAsync();
        _file.Commit();
    }

    protected override void Dispose(bool disposing) => _file.Dispose();

    private async Task FlushAsync()
    {
        _writer ??= await ParquetWriter.CreateAsync(s_schema, _file.Stream);
        if (_names.Count == 0)
        {
            return;
        }

        // Repetition 0 begins a list, 1 continues it; definition 2 says that list and element are there.
        var repetition = new int[_numbers.Count];
        var definition = new int[_numbers.Count];
        for (var i = 0; i < repetition.Length; i++)
        {
            (repetition[i], definition[i]) = (i % Dimension == 0 ? 0 : 1, 2);
        }

        using var group = _writer.CreateRowGroup();
        var fields = s_schema.GetDataFields();
        await group.WriteAsync(fields[0], _names);
        await group.WriteAllPartsAsync<float>(fields[1], _numbers.ToArray(), definition, repetition, CancellationToken.None);
        group.CompleteValidate();
        _names.Clear();
        _numbers.Clear();
    }
}
