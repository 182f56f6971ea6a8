using System.Collections.Frozen;
using Jem.Graphs.Ir;
using Jem.Shared;

namespace Jem.Graphs.Ops;

/// <summary>Every operator, by name.</summary>
public static class OpTable
{
    private static readonly FrozenDictionary<string, OpRow> s_rows = new[]
        {
            Op.ElementwiseRows, Op.CompareRows, Op.ReduceRows, Op.MovementRows, Op.SelectRows,
            Op.MatMulRows, Op.ConvRows, Op.PoolRows, Op.NormRows,
        }
        .SelectMany(rows => rows)
        .ToFrozenDictionary(row => row.Name);

    /// <summary>Every operator.</summary>
    public static IEnumerable<OpRow> Rows => s_rows.Values;

    /// <exception cref="GraphException">There is no such operator.</exception>
    public static OpRow Row(string name) => s_rows.TryGetValue(name, out var row)
        ? row
        : throw new GraphException($"There is no operator '{name}'. Did you mean '{Nearest.To(name, s_rows.Keys)}'? Add a row in Ops/ if it is new.");
}
