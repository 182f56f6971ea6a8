using Jem.Embed.Runtime;
using Jem.Kernels;
using Jem.Trainer.Configuration;
using Jem.Trainer.Sessions;

namespace Jem.Trainer.Tests.Sessions;

public class DeviceTests
{
    [Test]
    public void Cuda_without_a_provider_says_in_one_line_what_to_install()
    {
        var message = Assert.Throws<DeviceException>(() => Cuda(null))!.Message;
        Assert.Multiple(() =>
        {
            Assert.That(message, Does.StartWith("CUDA cannot be used: this program has the ONNX Runtime for the CPU."));
            Assert.That(message, Does.Contain("-p:OnnxRuntime=Cuda").And.Contain("Microsoft.ML.OnnxRuntime.Gpu.Linux"));
            Assert.That(message, Does.Not.Contain('\n'));
        });
    }

    [Test]
    public void A_library_that_is_not_there_is_named() =>
        Assert.That(() => Cuda("nowhere.so"), Throws.TypeOf<DeviceException>().With.Message.StartsWith("CUDA cannot be used: there is no file nowhere.so."));

    [Test]
    public void A_library_that_is_no_provider_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("provider.so"), "not a library");
        Assert.That(
            () => Cuda(folder.At("provider.so")),
            Throws.TypeOf<DeviceException>().With.Message.StartsWith($"CUDA cannot be used: ONNX Runtime cannot load {folder.At("provider.so")}:"));
    }

    [Test]
    public void An_unknown_device_names_the_nearest_one() =>
        Assert.That(
            () => new Device(new DeviceOptions { Device = "cude" }),
            Throws.TypeOf<UsageException>().With.Message.EqualTo("Unknown --device 'cude'. Did you mean 'cuda'?"));

    [Test]
    public void What_decides_the_bytes_is_part_of_a_run()
    {
        string Identity(DeviceOptions options) => options.Identity().ToJsonString();
        Assert.That(Identity(new DeviceOptions()), Is.EqualTo("""{"device":"cpu","kernels":true,"conv":"auto"}"""));
        Assert.That(Identity(new DeviceOptions { Convolution = "direct" }), Is.EqualTo("""{"device":"cpu","kernels":true}"""), "as earlier versions wrote it");
        Assert.That(Identity(new DeviceOptions { Kernels = false }), Is.EqualTo("""{"device":"cpu","kernels":false}"""));
        Assert.That(
            Identity(new DeviceOptions { Precision = "bf16" }), Is.EqualTo("""{"device":"cpu","kernels":true,"conv":"auto","precision":"bf16"}"""));
        Assert.That(Identity(new DeviceOptions { Precision = "fp32" }), Is.EqualTo(Identity(new DeviceOptions())));
        Assert.That(
            Identity(new DeviceOptions { Device = "cuda", Deterministic = true }),
            Is.EqualTo("""{"device":"cuda","kernels":true,"precision":"tf32","deterministic":true}"""));
    }

    [Test]
    public void An_unknown_way_to_convolve_names_the_nearest_one() =>
        Assert.That(
            () => new Device(new DeviceOptions { Convolution = "dirct" }),
            Throws.TypeOf<UsageException>().With.Message.EqualTo("Unknown --conv 'dirct'. Did you mean 'direct'?"));

    [Test]
    public void A_way_to_convolve_on_the_processor_is_not_taken_for_a_GPU() =>
        Assert.That(
            () => new Device(new DeviceOptions { Device = "cuda", Convolution = "direct" }),
            Throws.TypeOf<UsageException>().With.Message.EqualTo("--conv direct is for the processor: leave it out, or --device cuda."));

    private static readonly (DeviceOptions Options, string Message)[] s_withoutBf16 =
    [
        (new() { Device = "cuda" }, "--precision bf16 is for the processor: a GPU takes tf32 or fp32."),
        (new() { Kernels = false }, "--precision bf16 and --portable do not go together: ONNX Runtime's operators compute in float32. Leave one out."),
        (new() { Convolution = "direct" },
            "--precision bf16 and --conv direct do not go together: convolutions as they are defined are computed in float32. Leave one out."),
    ];

    [Test]
    public void Bfloat16_is_refused_where_nothing_computes_with_it(
        [ValueSource(nameof(s_withoutBf16))] (DeviceOptions Options, string Message) refused) =>
        Assert.That(
            () => new Device(refused.Options with { Precision = "bf16" }),
            Throws.TypeOf<UsageException>().With.Message.EqualTo(refused.Message));

    [Test]
    public void A_processor_without_the_instructions_refuses_bfloat16()
    {
        var device = new DeviceOptions { Precision = "bf16" };
        if (JemKernels.HasBf16)
        {
            Assert.That(() => new Device(device), Throws.Nothing);
        }
        else
        {
            Assert.That(() => new Device(device), Throws.TypeOf<UsageException>().With.Message.Contains("AVX512_BF16"));
        }
    }

    private static Device Cuda(string? library) => new(new DeviceOptions { Device = "cuda", EpLibrary = library });
}
