namespace Jem.Shared;

/// <summary>What is the same in every ONNX file of Jem.</summary>
internal static class OnnxFormat
{
    /// <summary>The version of the standard operators. 17 is the first with LayerNormalization, and old enough for every consumer.</summary>
    public const int Opset = 17;

    /// <summary>The version of the format (IR): the first with functions in a model.</summary>
    public const int IrVersion = 8;

    /// <summary>The domain of Jem's functions.</summary>
    public const string FunctionDomain = "jem";
}
