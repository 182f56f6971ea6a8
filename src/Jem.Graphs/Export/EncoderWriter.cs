using Onnx;

namespace Jem.Graphs.Export;

/// <summary>Makes an encoder that ships from a stage of a program that embeds and the weights of a run.</summary>
public static class EncoderWriter
{
    /// <summary>What the one output of every encoder is called.</summary>
    private const string Output = "embedding";

    /// <summary>
    /// The stage with its parameters and states as initializers, so that only <c>image</c> is left to feed,
    /// with metadata that say how to prepare an image, and its output as <c>embedding</c>.
    /// </summary>
    /// <param name="stage">The model of the stage, from <c>image</c> to one output; it is not changed.</param>
    /// <param name="weights">All parameters and states of the run; those of the projector and the optimiser are left out.</param>
    /// <exception cref="ArgumentException">A weight is missing.</exception>
    public static ModelProto Freeze(
        ModelProto stage, StageManifest manifest, IReadOnlyDictionary<string, NamedTensor> weights, IReadOnlyDictionary<string, string> metadata)
    {
        var model = stage.Clone();
        foreach (var port in Weights(manifest))
        {
            var tensor = weights.TryGetValue(port.Name, out var found)
                ? found
                : throw new ArgumentException(
                    $"The encoder needs the weight '{port.Name}', which the checkpoint does not hold. It belongs to another program.");
            model.Graph.Initializer.Add(OnnxWriter.Tensor(tensor.Name, tensor.Type, tensor.Shape, tensor.Data));
            model.Graph.Input.Remove(model.Graph.Input.First(input => input.Name == port.Name));
        }

        Rename(model.Graph, manifest.Outputs.Single().Name);
        model.MetadataProps.AddRange(metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return model;
    }

    /// <summary>The parameters and states that a stage reads.</summary>
    public static IEnumerable<Port> Weights(StageManifest manifest) =>
        manifest.Inputs.Where(input => input.Role is Ir.Role.Parameter or Ir.Role.State);

    private static void Rename(GraphProto graph, string output)
    {
        graph.Output.Single().Name = Output;
        foreach (var names in graph.Node.SelectMany(node => new[] { node.Input, node.Output }))
        {
            for (var i = 0; i < names.Count; i++)
            {
                names[i] = names[i] == output ? Output : names[i];
            }
        }
    }
}
