using Jem.Graphs.Programs;
using Jem.Trainer.Configuration;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Onnx;

namespace Jem.Trainer.Tests.Kernels;

/// <summary>Programs on which passes are tried, and what they are given.</summary>
internal static class LoweredPrograms
{
    // Width 8 at 16×16: in the third stage 32 filters see 4×4 positions, in the fourth 64 see 2×2.
    public static TrainingProgram Program(params string[] settings) =>
        Program(new MethodRequest("simclr") { Width = 8, ImageSize = 16, Batch = 8, Settings = settings });

    public static TrainingProgram Program(MethodRequest request) =>
        MethodResolver.Build(request.Method, MethodResolver.Resolve(request, new ImageStatistics(3, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25])));

    // 17 tokens of 96 numbers, in heads of 32 or 48.
    public static TrainingProgram Transformer() => Program(
        new MethodRequest("simclr") { Backbone = "vit_tiny", Width = 96, ImageSize = 16, Batch = 32, Settings = ["backbone.depth=2", "optimizer.name=sgd"] });

    public static OrtValue Value(ValueInfoProto input, Random random)
    {
        var (type, shape) = (input.Type.TensorType, input.Type.TensorType.Shape.Dim.Select(dim => dim.DimValue).ToArray());
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)type.ElemType, shape);
        if (type.ElemType == (int)TensorProto.Types.DataType.Float)
        {
            // Second moments are roots of something.
            var numbers = value.GetTensorMutableDataAsSpan<float>();
            var isSquare = input.Name.Contains("second") || input.Name.Contains("var");
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = (float)(isSquare ? 0.1 + random.NextDouble() : random.NextDouble() - 0.4);
            }
        }
        else
        {
            random.NextBytes(value.GetTensorMutableRawData());
        }

        return value;
    }

    public static ValueInfoProto Float32(string name, params long[] shape) => new()
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
}
