using Jem.Kernels.Cpu.Conv;
using Jem.Kernels.Cpu.Elementwise;
using Jem.Kernels.Cpu.Layouts;
using Jem.Kernels.Cpu.Norm;
using Jem.Kernels.Cpu.Pool;
using Jem.Kernels.Cpu.Products;

namespace Jem.Kernels.Cpu;

/// <summary>The kernels for the processor.</summary>
internal static class CpuRows
{
    /// <param name="direct">Whether convolutions leave out Winograd's transforms.</param>
    public static IReadOnlyList<KernelRow> Of(bool direct) =>
    [
        new(BatchNormTraining.Alone, 3, 3, attributes => BatchNormTraining.Create(attributes, relu: false, skips: false)),
        new(BatchNormTraining.Relu, 3, 3, attributes => BatchNormTraining.Create(attributes, relu: true, skips: false)),
        new(BatchNormTraining.AddRelu, 4, 3, attributes => BatchNormTraining.Create(attributes, relu: true, skips: true)),
        new(BatchNormGrad.Alone, 5, 3, attributes => BatchNormGrad.Create(attributes, relu: false, skips: false)),
        new(BatchNormGrad.Relu, 6, 3, attributes => BatchNormGrad.Create(attributes, relu: true, skips: false)),
        new(BatchNormGrad.AddRelu, 6, 4, attributes => BatchNormGrad.Create(attributes, relu: true, skips: true)),
        new(BatchNormGrad.AddReluOfSum, 7, 4, attributes => BatchNormGrad.Create(attributes, relu: true, skips: true, ofSum: true)),
        new("LayerNormGrad", 3, 3, LayerNormGrad.Create),
        new("SoftmaxGrad", 2, 1, SoftmaxGrad.Create),
        new("ConvGradWeight", 2, 1, attributes => ConvGradWeight.Create(attributes, direct)),
        new("ConvGradInput", 2, 1, attributes => ConvGradInput.Create(attributes, direct)),
        new("Conv", 2, 1, attributes => ConvForward.Create(attributes, biased: false, direct)),
        new(ConvForward.Biased, 3, 1, attributes => ConvForward.Create(attributes, biased: true, direct)),
        new(Gemm.Base, 0, 0, Gemm.Create),
        new(BatchedProduct.Base, 2, 1, BatchedProduct.Create),
        new(Transposition.Base, 1, 1, Transposition.Create),
        new(Expansion.Base, 1, 1, Expansion.Create),
        new(ElementwiseProgram.Base, 0, 0, ElementwiseProgram.Create),
        new("SignMul", 2, 1, _ => new PointwiseKernel<SignMul>(2)),
        new("Gelu", 1, 1, _ => new PointwiseKernel<Gelu>(1)),
        new("GeluGrad", 2, 1, _ => new PointwiseKernel<GeluGrad>(2)),
        new("MaxPoolGrad", 2, 1, MaxPoolGrad.Create),
        new("AveragePoolGrad", 1, 1, AveragePoolGrad.Create),
    ];
}
