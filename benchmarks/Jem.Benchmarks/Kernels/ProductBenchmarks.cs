using BenchmarkDotNet.Attributes;
using Jem.Kernels;
using Onnx;

namespace Jem.Benchmarks.Kernels;

/// <summary>Our product of matrices against ONNX Runtime's, at the shapes of a vision transformer's and a ConvNeXt's layers.</summary>
public class ProductBenchmarks : ModelBenchmarks
{
    public static IEnumerable<Product> Products =>
    [
        new(8320, 192, 768, false, true), new(8320, 768, 192, false, true), new(8320, 768, 192, false, false),
        new(768, 8320, 192, true, false), new(192, 8320, 768, true, false), new(2048, 384, 1536, false, true), new(128, 2048, 2048, false, true),
    ];

    [ParamsSource(nameof(Products))]
    public Product Shape { get; set; } = null!;

    [GlobalSetup(Target = nameof(Ours))]
    public void WithKernel() => Open(Shape.Model(), kernels: true);

    [GlobalSetup(Target = nameof(OnnxRuntime))]
    public void WithoutKernel() => Open(Shape.Model(), kernels: false);

    [Benchmark(Baseline = true)]
    public void OnnxRuntime() => Run();

    [Benchmark]
    public void Ours() => Run();

    /// <summary>[M,K] · [K,N], either factor stored turned.</summary>
    public sealed record Product(int M, int K, int N, bool LeftTurned, bool RightTurned)
    {
        public ModelProto Model() => new()
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Version = 17 }, new OperatorSetIdProto { Domain = JemKernels.Domain, Version = 1 } },
            Graph = new GraphProto
            {
                Name = "product",
                Input = { LeftTurned ? Value("a", K, M) : Value("a", M, K), RightTurned ? Value("b", N, K) : Value("b", K, N) },
                Output = { Value("y", M, N) },
                Node =
                {
                    new NodeProto
                    {
                        OpType = "Gemm",
                        Input = { "a", "b" },
                        Output = { "y" },
                        Attribute = { Flag("transA", LeftTurned), Flag("transB", RightTurned) },
                    },
                },
            },
        };

        private static AttributeProto Flag(string name, bool value) =>
            new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value ? 1 : 0 };

        private static ValueInfoProto Value(string name, params int[] shape) => new()
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor
                {
                    ElemType = (int)TensorProto.Types.DataType.Float,
                    Shape = new TensorShapeProto { Dim = { shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } },
                },
            },
        };

        public override string ToString() => $"{M}x{K}{(LeftTurned ? "T" : "")} {K}x{N}{(RightTurned ? "T" : "")}";
    }
}
