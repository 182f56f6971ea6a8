namespace Jem.Graphs.Ir;

/// <summary>Element types of values. The numbers are ONNX's <c>TensorProto.DataType</c>.</summary>
public enum DType
{
    /// <summary>32 bits.</summary>
    Float = 1,
    /// <summary>Bytes: pixels, masks.</summary>
    UInt8 = 2,
    /// <summary>32 bits, signed.</summary>
    Int32 = 6,
    /// <summary>64 bits, signed: indices, shapes.</summary>
    Int64 = 7,
    /// <summary>Conditions.</summary>
    Bool = 9,
    /// <summary>64 bits.</summary>
    Double = 11,
}

/// <summary>Names and sizes of element types.</summary>
public static class DTypes
{
    /// <summary>The name used in manifests and messages: <c>float32</c>, <c>uint8</c>, …</summary>
    public static string Name(this DType type) => type switch
    {
        DType.Float => "float32",
        DType.Double => "float64",
        DType.UInt8 => "uint8",
        DType.Int32 => "int32",
        DType.Int64 => "int64",
        DType.Bool => "bool",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown element type"),
    };

    /// <summary>The inverse of <see cref="Name"/>.</summary>
    /// <exception cref="FormatException">The name is not one of an element type.</exception>
    public static DType Parse(string name)
    {
        foreach (var type in Enum.GetValues<DType>())
        {
            if (type.Name() == name)
            {
                return type;
            }
        }

        throw new FormatException($"Unknown element type '{name}'. Expected one of {string.Join(", ", Enum.GetValues<DType>().Select(Name))}.");
    }

    /// <summary>Bytes per element.</summary>
    public static int Size(this DType type) => type switch
    {
        DType.Float or DType.Int32 => 4,
        DType.Double or DType.Int64 => 8,
        _ => 1,
    };
}
