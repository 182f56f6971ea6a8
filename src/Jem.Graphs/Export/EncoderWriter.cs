using Jem.Graphs.Export.Onnx;

namespace Jem.Graphs.Export;

/// <summary>Makes an encoder that ships from the encoder stage of a program and the weights of a run.</summary>
public static class EncoderWriter
{
    /// <summary>
    /// The stage with its parameters and states as initializers, so that only <c>image</c> is left to feed,
    /// and with metadata that say how to prepare an image.
    /// </summary>
    /// <param name="stage">The model of the encoder stage; it is not changed.</param>
    /// <param name="weights">All parameters and states of the run; those of the projector and the optimiser are left out.</param>
    /// <exception cref="ArgumentException">A weight is missing.</exception>
    public static ModelProto Freeze(ModelProto stage, StageManifest manifest, IReadOnlyDictionary<string, NamedTensor> weights, IReadOnlyDictionary<string, string> metadata)
    {
        var model = stage.Clone();
        foreach (var port in Weights(manifest))
        {
            var tensor = weights.TryGetValue(port.Name, out var found)
                ? found
                : throw new ArgumentException($"The encoder needs the weight '{port.Name}', which the checkpoint does not hold. It belongs to another program.");
            model.Graph.Initializer.Add(OnnxWriter.Tensor(tensor.Name, tensor.Type, tensor.Shape, tensor.Data));
            model.Graph.Input.Remove(model.Graph.Input.First(input => input.Name == port.Name));
        }

        model.MetadataProps.AddRange(metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return model;
    }

    /// <summary>The parameters and states that an encoder stage reads.</summary>
    public static IEnumerable<Port> Weights(StageManifest manifest) =>
        manifest.Inputs.Where(input => input.Role is Ir.Role.Parameter or Ir.Role.State);
}
