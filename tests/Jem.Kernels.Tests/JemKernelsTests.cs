using Jem.Kernels.Interop;
using Microsoft.ML.OnnxRuntime;
using static Jem.Kernels.Tests.FunctionModel;

namespace Jem.Kernels.Tests;

public class JemKernelsTests
{
    // The body adds instead of normalising, so the answers tell who computed.
    private static readonly FunctionModel s_wrongOnPurpose =
        new FunctionModel("BatchNormTraining_wrong", ["x", "scale", "bias"], ["y", "mean", "variance"], [Float("epsilon", 1e-5f)])
            .Body("Add", ["x", "x"], "y").Body("Identity", ["scale"], "mean").Body("Identity", ["bias"], "variance");

    [Test]
    public void A_registered_kernel_takes_the_place_of_the_body()
    {
        TestTensor x = new([1, 2, 3, 4], 4, 1), one = new([1], 1);
        Assert.Multiple(() =>
        {
            Assert.That(s_wrongOnPurpose.Run(kernels: true, x, one, one)[1].Values, Is.EqualTo(new[] { 2.5f }));
            Assert.That(s_wrongOnPurpose.Run(kernels: false, x, one, one)[0].Values, Is.EqualTo(new[] { 2f, 4, 6, 8 }));
        });
    }

    [Test]
    public void Only_names_whose_base_has_a_kernel_are_registered()
    {
        using var options = new SessionOptions();
        Assert.That(
            JemKernels.Register(options, ["BatchNormGrad_3", "Resize_1", "BatchNormGrad", "BatchNormGrad_3", "BatchNormGradient"]),
            Is.EqualTo(new[] { "BatchNormGrad", "BatchNormGrad_3" }));
    }

    [Test]
    public void An_ONNX_Runtime_that_is_too_old_is_named() =>
        Assert.That(() => OrtNative.Require(1000), Throws.TypeOf<NotSupportedException>().With.Message.Match(
            @"^The jem kernels need version 1000 of the ONNX Runtime interface; the loaded library is 1\.\d+\.\d+\. "
            + @"Use Microsoft\.ML\.OnnxRuntime 1\.31 or later, or run without the kernels\.$"));

    [Test]
    public void The_same_names_can_be_registered_for_many_sessions()
    {
        TestTensor x = new([1, 2, 3, 4], 4, 1), one = new([1], 1);
        for (var i = 0; i < 20; i++)
        {
            Assert.That(s_wrongOnPurpose.Run(kernels: true, x, one, one)[2].Values, Is.EqualTo(new[] { 1.25f }));
            GC.Collect();
        }
    }
}
