using Jem.Graphs.Export;
using Jem.Trainer.Training;

namespace Jem.Trainer.Experiments.Collapse;

/// <summary>
/// A network that begins where collapse ends: its first convolution is zero, so every image has the same embedding. The gradient of a loss
/// that compares directions is zero there, and training stays.
/// </summary>
internal static class TrivialSolution
{
    private const string FirstWeight = "conv1.weight";

    public static PreparedRun Of(PreparedRun run)
    {
        var name = run.Program.Manifest.Initial;
        var tensors = Safetensors.Read(new MemoryStream(run.Program.Files[name]));
        var first = tensors.FirstOrDefault(tensor => tensor.Name == FirstWeight)
            ?? throw new ArgumentException($"The network has no '{FirstWeight}' to begin at zero; take a ResNet.");
        Array.Clear(first.Data);
        using var initial = new MemoryStream();
        Safetensors.Write(initial, tensors);
        return run with { Program = run.Program with { Files = new Dictionary<string, byte[]>(run.Program.Files) { [name] = initial.ToArray() } } };
    }
}
