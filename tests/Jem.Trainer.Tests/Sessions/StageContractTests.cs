using Jem.Graphs.Export;
using Jem.Trainer.Sessions;
using static Jem.Trainer.Tests.Sessions.StepRunnerTests;

namespace Jem.Trainer.Tests.Sessions;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StageContractTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Test]
    public void A_name_that_the_model_does_not_have_is_an_error() =>
        Refused("input 'pixel'; the nearest is 'pixels'", Input("pixels", port => port with { Name = "pixel" }));

    [Test]
    public void Another_type_is_an_error() =>
        Refused("input 'pixels' is float32; in step.onnx it is uint8", Input("pixels", port => port with { Dtype = "float32" }));

    [Test]
    public void Another_shape_is_an_error() =>
        Refused("input 'w' is [4,1]; in step.onnx it is [3,1]", Input("w", port => port with { Shape = [4, 1] }));

    [Test]
    public void A_port_without_a_role_is_an_error() =>
        Refused("step.onnx has the output 'loss', to which program.json gives no role", stage => stage with { Outputs = [.. stage.Outputs.Skip(1)] });

    [Test]
    public void An_output_that_becomes_nothing_is_an_error() =>
        Refused("output 'w.next' becomes 'target', which is not a parameter or state", Output("w.next", port => port with { Next = "target" }));

    [Test]
    public void An_output_that_becomes_something_of_another_shape_is_an_error() =>
        Refused("output 'w.next' is float32[3,1], but becomes 'scale', which is float32[]", Output("w.next", port => port with { Next = "scale" }));

    [Test]
    public void Two_outputs_for_one_input_are_an_error() =>
        Refused("outputs 'w.next' and 'momentum.w.next' all become the input 'w'", Output("momentum.w.next", port => port with { Next = "w" }));

    [Test]
    public void A_scalar_without_default_must_be_set()
    {
        LinearProgram.Write(_folder.Path, Change(Input("learning_rate", port => port with { Default = null })));
        using var program = Open();
        Assert.That(
            program.Step,
            Throws.InvalidOperationException.With.Message.StartsWith("The scalar input 'learning_rate' of the stage 'step' has no default"));
        program.SetScalar("learning_rate", 0.1);
        Assert.That(program.Step, Throws.Nothing);
    }

    [Test]
    public void A_missing_initial_value_is_an_error()
    {
        LinearProgram.Write(_folder.Path, initial: LinearProgram.Initial.Skip(1));
        Assert.That(Open, Fails("'w' is missing"));
    }

    [Test]
    public void Missing_and_broken_files_are_explained()
    {
        LinearProgram.Write(_folder.Path);
        File.WriteAllText(_folder.At("step.onnx"), "no model");
        Assert.That(Open, Fails($"The model {_folder.At("step.onnx")} cannot be opened"));
        File.Delete(_folder.At("step.onnx"));
        Assert.That(Open, Fails($"The model {_folder.At("step.onnx")} cannot be opened"));
        LinearProgram.Write(_folder.Path);
        File.WriteAllText(_folder.At("init.safetensors"), "no");
        Assert.That(Open, Fails("Not a whole safetensors file"));
    }

    private void Refused(string message, Func<StageManifest, StageManifest> change)
    {
        LinearProgram.Write(_folder.Path, Change(change));
        Assert.That(Open, Fails(message));
    }

    private StepRunner Open() => new(_folder.Path, new Device(new DeviceOptions()));

    private static Func<ProgramManifest, ProgramManifest> Change(Func<StageManifest, StageManifest> change) =>
        manifest => manifest with { Stages = [change(manifest.Stages[0])] };

    private static Func<StageManifest, StageManifest> Input(string name, Func<Port, Port> change) =>
        stage => stage with { Inputs = [.. stage.Inputs.Select(port => port.Name == name ? change(port) : port)] };

    private static Func<StageManifest, StageManifest> Output(string name, Func<Port, Port> change) =>
        stage => stage with { Outputs = [.. stage.Outputs.Select(port => port.Name == name ? change(port) : port)] };
}
