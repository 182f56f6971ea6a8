using Jem.Trainer.Profiling;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Tests.Profiling;

public class NodeOperationsTests
{
    // 2 · numbers of the output · taps · channels of a group.
    [TestCase("Conv", "2,3,8,8 16,3,3,3", "2,16,8,8", 2.0 * 2 * 16 * 8 * 8 * 9 * 3, Description = "padded: taps outside count")]
    [TestCase("Conv", "2,3,8,8 16,3,3,3", "2,16,6,6", 2.0 * 2 * 16 * 6 * 6 * 9 * 3, Description = "not padded")]
    [TestCase("Conv", "2,3,9,9 16,3,3,3", "2,16,5,5", 2.0 * 2 * 16 * 5 * 5 * 9 * 3, Description = "stride 2")]
    [TestCase("Conv", "2,8,8,8 16,2,3,3 16", "2,16,8,8", 2.0 * 2 * 16 * 8 * 8 * 9 * 2, Description = "4 groups, with a bias")]
    [TestCase("Conv", "2,8,8,8 8,1,7,7", "2,8,8,8", 2.0 * 2 * 8 * 8 * 8 * 49, Description = "depthwise")]
    [TestCase("ConvGradInput", "2,16,5,5 16,3,3,3", "2,3,9,9", 2.0 * 2 * 16 * 5 * 5 * 9 * 3, Description = "as its convolution of stride 2")]
    [TestCase("ConvGradInput", "2,16,8,8 16,2,3,3", "2,8,8,8", 2.0 * 2 * 16 * 8 * 8 * 9 * 2, Description = "as its convolution of 4 groups")]
    [TestCase("ConvGradWeight", "2,3,9,9 2,16,5,5", "16,3,3,3", 2.0 * 2 * 16 * 5 * 5 * 9 * 3, Description = "as its convolution of stride 2")]
    [TestCase("ConvGradWeight", "2,8,8,8 2,16,8,8", "16,2,3,3", 2.0 * 2 * 16 * 8 * 8 * 9 * 2, Description = "as its convolution of 4 groups")]
    [TestCase("ConvTranspose", "2,16,5,5 16,3,3,3", "2,3,11,11", 2.0 * 2 * 16 * 5 * 5 * 9 * 3, Description = "each input goes to 9 taps of 3 channels")]
    [TestCase("MatMul", "5,7 7,11", "5,11", 2.0 * 5 * 7 * 11)]
    [TestCase("MatMul", "4,3,5,7 4,3,7,11", "4,3,5,11", 2.0 * 4 * 3 * 5 * 7 * 11, Description = "with batch dimensions")]
    [TestCase("MatMul", "4,3,5,7 7,11", "4,3,5,11", 2.0 * 4 * 3 * 5 * 7 * 11, Description = "that one of both lacks")]
    [TestCase("MatMul", "7 7,11", "11", 2.0 * 7 * 11, Description = "a vector")]
    [TestCase("FusedMatMul", "7,5 11,7", "5,11", 2.0 * 5 * 7 * 11, Description = "both transposed")]
    [TestCase("Gemm", "5,7 7,11 11", "5,11", 2.0 * 5 * 7 * 11, Description = "with a bias")]
    [TestCase("Gemm", "7,5 7,11", "5,11", 2.0 * 5 * 7 * 11, Description = "the first one transposed")]
    [TestCase("ConvBias", "2,8,8,8 8,1,7,7 8", "2,8,8,8", 2.0 * 2 * 8 * 8 * 8 * 49, Description = "depthwise, with a bias")]
    [TestCase("BatchedProduct", "2,65,3,64 2,65,3,64", "2,3,65,65", 2.0 * 2 * 3 * 65 * 64 * 65, Description = "of heads where they lie")]
    [TestCase("BatchedProduct", "2,3,65,65 2,65,3,64", "2,65,3,64", 2.0 * 2 * 3 * 65 * 65 * 64, Description = "as many rows as are added up")]
    [TestCase("BatchedProduct", "2,3,65,64 2,3,64,64", "2,3,65,64", 2.0 * 2 * 3 * 65 * 64 * 64, Description = "as many columns as are added up")]
    [TestCase("BatchedProduct", "2,3,64,64 2,3,64,64", "2,3,64,64", 2.0 * 2 * 3 * 64 * 64 * 64, Description = "squares")]
    [TestCase("BatchNormAddRelu", "2,3,4,4 3 3 2,3,4,4", "2,3,4,4 3 3", 8.0 * 2 * 3 * 4 * 4)]
    [TestCase("Elementwise", "16,16 16,16 1", "16,16", 3.0 * 16 * 16)]
    [TestCase("Add", "2,3,4,4 1,3,1,1", "2,3,4,4", 2.0 * 3 * 4 * 4, Description = "one of the smaller is read often")]
    [TestCase("ReduceSum", "16,8 1", "16,1", 16.0 * 8)]
    [TestCase("Reshape", "16,8 2", "128", 0.0)]
    [TestCase("Transpose", "16,8", "8,16", 0.0)]
    public void Operations_are_those_counted_by_hand(string name, string inputs, string outputs, double operations) =>
        Assert.That(NodeOperations.Count(Node(name, inputs, outputs)), Is.EqualTo(operations).Within(1e-9).Percent);

    [Test]
    public void Bytes_are_those_of_all_inputs_and_outputs()
    {
        Assert.That(NodeOperations.Bytes(Node("Add", "2,3,4,4 1,3,1,1", "2,3,4,4")), Is.EqualTo(4 * (96 + 3 + 96)));
        Assert.That(NodeOperations.Bytes(Node("Cast", "5", "5") with { Inputs = [new ProfiledTensor("uint8", [5])] }), Is.EqualTo(5 + 20));
        Assert.That(NodeOperations.Bytes(Node("Log", "", "")), Is.EqualTo(4 + 4), "a scalar has no dimension and one number");
        Assert.That(NodeOperations.Bytes(Node("Reshape", "16,8", "128")), Is.Zero, "only the shape changes");
    }

    private static NodeTimes Node(string name, string inputs, string outputs) => new("node", name, 1, [1.0], Tensors(inputs), Tensors(outputs));

    private static List<ProfiledTensor> Tensors(string shapes) =>
        [.. shapes.Split(' ').Select(shape => new ProfiledTensor("float", shape == "" ? [] : [.. shape.Split(',').Select(long.Parse)]))];
}
