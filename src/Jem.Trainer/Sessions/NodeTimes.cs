namespace Jem.Trainer.Sessions;

/// <summary>What one node of the graph that is really run took, by ONNX Runtime's own profile.</summary>
/// <param name="Node">Its name. Nodes that were joined have the name of one of them.</param>
/// <param name="Operator">Its name; a function's without its number.</param>
/// <param name="Calls">In a step; more than one within a loop.</param>
/// <param name="Milliseconds">Of all calls of each step, in order.</param>
/// <param name="Inputs">Those that it was given, in order.</param>
internal sealed record NodeTimes(
    string Node,
    string Operator,
    int Calls,
    IReadOnlyList<double> Milliseconds,
    IReadOnlyList<ProfiledTensor> Inputs,
    IReadOnlyList<ProfiledTensor> Outputs);

/// <summary>A tensor as a profile tells of it.</summary>
/// <param name="Type">In ONNX Runtime's words: <c>float</c>, <c>uint8</c>.</param>
internal sealed record ProfiledTensor(string Type, IReadOnlyList<long> Shape)
{
    public long Numbers => Shape.Aggregate(1L, (product, size) => product * size);

    public long Bytes => Numbers * Type switch
    {
        "bool" or "uint8" or "int8" => 1,
        "float16" or "bfloat16" or "uint16" or "int16" => 2,
        "double" or "uint64" or "int64" => 8,
        _ => sizeof(float),
    };

    public override string ToString() => $"[{string.Join(',', Shape)}]";
}
