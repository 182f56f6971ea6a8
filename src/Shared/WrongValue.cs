using System.CommandLine.Parsing;

namespace Jem.Shared;

/// <summary>Says what is wrong with the value of a flag. System.CommandLine would name .NET's types.</summary>
internal static class WrongValue
{
    /// <summary>A sentence: which flag, got, expected; null where the error is another.</summary>
    /// <param name="result">Of the error.</param>
    public static string? Of(SymbolResult? result) => result switch
    {
        OptionResult { Tokens: [var first, var second, ..], Option: { Arity.MaximumNumberOfValues: 1 } option } =>
            $"{option.Name} is given twice, as {first.Value} and as {second.Value}; expected once.",
        OptionResult { Tokens: [var token, ..], Option: { ValueType: { IsEnum: true } type } option } =>
            $"{option.Name} is {token.Value}; expected {string.Join(", ", Names(type))}. Did you mean '{Nearest.To(token.Value, Names(type))}'?",
        OptionResult { Tokens: [var token, ..], Option: { } option } when Kind(option.ValueType) is { } kind =>
            $"{option.Name} is {token.Value}; expected {kind}.",
        _ => null,
    };

    private static IEnumerable<string> Names(Type type) => Enum.GetNames(type).Select(name => name.ToLowerInvariant());

    private static string? Kind(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.UInt32 or TypeCode.UInt64 => "a whole number ≥ 0",
        TypeCode.Single or TypeCode.Double => "a number",
        _ => null,
    };
}
