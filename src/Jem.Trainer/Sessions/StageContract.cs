using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Shared;
using Microsoft.ML.OnnxRuntime;

namespace Jem.Trainer.Sessions;

/// <summary>Checks that what program.json says of a stage is what its model does.</summary>
internal static class StageContract
{
    /// <exception cref="InvalidDataException">They disagree; the message names stage, tensor, got and expected.</exception>
    public static void Check(StageManifest stage, InferenceSession session)
    {
        CheckPorts(stage, "input", stage.Inputs, session.InputMetadata);
        CheckPorts(stage, "output", stage.Outputs, session.OutputMetadata);
        foreach (var input in stage.Inputs.Where(input => input.Role == Role.Metric))
        {
            throw Broken(stage, $"input '{input.Name}' has the role of an output, metric");
        }

        foreach (var output in stage.Outputs.Where(output => output.Role != Role.Metric))
        {
            CheckNext(stage, output);
        }

        foreach (var twice in stage.Outputs.Where(output => output.Next is not null).GroupBy(output => output.Next).Where(group => group.Count() > 1))
        {
            throw Broken(stage, $"outputs {string.Join(" and ", twice.Select(output => $"'{output.Name}'"))} all become the input '{twice.Key}'");
        }
    }

    private static void CheckPorts(StageManifest stage, string kind, IReadOnlyList<Port> ports, IReadOnlyDictionary<string, NodeMetadata> model)
    {
        foreach (var port in ports)
        {
            if (!model.TryGetValue(port.Name, out var metadata))
            {
                throw Broken(stage, $"{stage.File} has no {kind} '{port.Name}'; the nearest is '{Nearest.To(port.Name, model.Keys)}'");
            }

            var (type, shape) = ((DType)metadata.ElementDataType, Array.ConvertAll(metadata.Dimensions, d => (long)d));
            if (port.Dtype != Name(type))
            {
                throw Broken(stage, $"{kind} '{port.Name}' is {port.Dtype}; in {stage.File} it is {Name(type)}");
            }

            if (!port.Shape.SequenceEqual(shape))
            {
                throw Broken(stage, $"{kind} '{port.Name}' is {Text(port.Shape)}; in {stage.File} it is {Text(shape)}");
            }

            if (port.Shape.Any(dimension => dimension < 0))
            {
                throw Broken(stage, $"{kind} '{port.Name}' is {Text(port.Shape)}: a stage that is trained needs sizes that are known");
            }
        }

        foreach (var name in model.Keys.Except(ports.Select(port => port.Name)))
        {
            throw Broken(stage, $"{stage.File} has the {kind} '{name}', to which program.json gives no role");
        }
    }

    private static void CheckNext(StageManifest stage, Port output)
    {
        var carried = stage.Inputs.Where(input => input.Role is Role.Parameter or Role.State).ToList();
        if (carried.FirstOrDefault(input => input.Name == output.Next) is not { } input)
        {
            throw Broken(stage, $"output '{output.Name}' becomes '{output.Next}', which is not a parameter or state among the inputs");
        }

        if (input.Dtype != output.Dtype || !input.Shape.SequenceEqual(output.Shape))
        {
            throw Broken(stage, $"output '{output.Name}' is {output.Dtype}{Text(output.Shape)}, but becomes '{input.Name}', which is "
                + $"{input.Dtype}{Text(input.Shape)}");
        }
    }

    public static string Text(IEnumerable<long> shape) => $"[{string.Join(',', shape)}]";

    private static string Name(DType type) => Enum.IsDefined(type) ? type.Name() : type.ToString();

    private static InvalidDataException Broken(StageManifest stage, string what) =>
        new($"program.json does not fit its model: in stage '{stage.Name}', {what}. Write the program anew with `jem graph`.");
}
