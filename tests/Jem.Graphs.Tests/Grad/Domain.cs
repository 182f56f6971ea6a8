namespace Jem.Graphs.Tests.Grad;

/// <summary>An interval of inputs, and how far they keep from zero and from each other (kinks and ties).</summary>
internal sealed record Domain(double Low, double High, double Gap = 0)
{
    private static readonly Domain s_real = new(-2, 2), s_positive = new(0.3, 3);

    // Away from a kink at zero or a tie between elements, by more than a difference step.
    private static readonly Domain s_apart = new(-2, 2, 0.02);

    /// <summary>Where an operator is smooth enough for a central difference.</summary>
    public static Domain Of(string op) => op switch
    {
        "Div" or "Pow" or "Log" or "Sqrt" or "Reciprocal" => s_positive,
        "Relu" or "LeakyRelu" or "Abs" or "Clip" or "Min" or "Max" or "ReduceMax" or "ReduceMin" or "MaxPool" => s_apart,
        _ => s_real,
    };
}
