using System.Text.RegularExpressions;
using Jem.Graphs.Export;

namespace Jem.Graphs.Tests.Export;

/// <summary>Which operators the execution providers of ONNX Runtime implement, and for which element types.</summary>
internal static partial class KernelList
{
    private sealed record Row(string Provider, string Op, int From, int To, string[] Types);

    private static readonly List<Row> s_rows = Read();

    /// <summary>Whether a kernel of the opset that Jem writes takes the element type (<c>float</c>, <c>double</c>, …).</summary>
    public static bool Has(string provider, string op, string? type = null) => s_rows.Any(row =>
        row.Provider == provider && row.Op == op && row.From <= OnnxWriter.Opset && OnnxWriter.Opset <= row.To
        && (type is null || row.Types.Contains(type)));

    private static List<Row> Read()
    {
        using var stream = typeof(KernelList).Assembly.GetManifestResourceStream("execution-provider-kernels.csv")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Select(line => Line().Match(line)).Where(match => match.Success).Select(match =>
        {
            var (from, to) = (int.Parse(match.Groups["from"].Value), match.Groups["to"].Value);
            return new Row(
                match.Groups["provider"].Value,
                match.Groups["op"].Value,
                from,
                match.Groups["open"].Success ? int.MaxValue : to.Length > 0 ? int.Parse(to) : from,
                match.Groups["types"].Value.Split([' ', ':', ';'], StringSplitOptions.RemoveEmptyEntries));
        })];
    }

    [GeneratedRegex("""^(?<provider>CPU|CUDA),,(?<op>\w+),"?\[?(?<from>\d+)(,(?<to>\d+)\])?(?<open>\+)?"?,(?<types>.*)$""")]
    private static partial Regex Line();
}
