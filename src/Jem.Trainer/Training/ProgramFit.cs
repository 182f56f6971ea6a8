using Jem.Graphs.Export;
using Jem.Graphs.Ir;
using Jem.Graphs.Naming;
using Jem.Graphs.Programs;
using Jem.Shared;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Data.Loader.Inputs;
using Jem.Trainer.Runs;
using Onnx;

namespace Jem.Trainer.Training;

/// <summary>Whether a program that was made elsewhere can be trained on these images, by what its manifest says, and its encoder exported.</summary>
internal static class ProgramFit
{
    /// <param name="source">The program, as a person named it.</param>
    /// <exception cref="UsageException">It does not fit the images; the message says what to change.</exception>
    /// <exception cref="InvalidDataException">It cannot be trained on any.</exception>
    public static void Check(ProgramFiles files, IImageSet images, Catalog<InputKind> inputs, string source)
    {
        var program = files.Manifest;
        var step = Stage(program, ProgramStages.Step, source);
        var encoder = Stage(program, ProgramStages.Encoder, source);
        if (program.Image.Channels != images.Channels)
        {
            throw new UsageException(
                $"{source} takes images of {program.Image.Channels} channel{(program.Image.Channels == 1 ? "" : "s")}, and the data have {images.Channels}. "
                + $"Take other data, such as folder:DIR?channels={program.Image.Channels}, or another program, such as by `jem graph … --channels "
                    + $"{images.Channels}`.");
        }

        if (Counted(program) is { } count && count != images.Count)
        {
            throw new UsageException(
                $"{source} tells {count:N0} images apart, and the data have {images.Count:N0}. Take a program for so many, such as by `jem graph … --set "
                    + $"image.count={images.Count}`.");
        }

        RequireInputs(step, Role.Batch, program.Batch.Keys, "fills the batch input", source);
        RequireInputs(step, Role.Scalar, program.Schedules.Keys, "has a schedule for the scalar input", source);
        foreach (var port in step.Inputs.Where(port => port.Role == Role.Batch))
        {
            CheckInput(program, port, inputs, source);
        }

        if (step.Inputs.FirstOrDefault(port => port is { Role: Role.Scalar, Default: null } && !program.Schedules.ContainsKey(port.Name)) is { } unset)
        {
            throw new InvalidDataException($"{source}: the scalar input '{unset.Name}' has neither a default nor a schedule.");
        }

        CheckOutput(step, Meaning.Loss, scalar: true, source);
        CheckOutput(step, Meaning.Embedding, scalar: false, source);
        CheckEncoder(encoder, step, program.Image, source);
        CheckModel(encoder, files.Files[encoder.File], source);
    }

    // Memory banks have a row for each image; other programs do not mind how many there are.
    private static int? Counted(ProgramManifest program) =>
        program.Batch.Values.Any(recipe => recipe.TellsImagesApart) ? program.Image.Count : null;

    private static StageManifest Stage(ProgramManifest program, string name, string source) =>
        program.Stages.FirstOrDefault(stage => stage.Name == name) ?? throw new InvalidDataException($"{source}: program.json has no stage '{name}', "
            + "which every program has.");

    private static void RequireInputs(StageManifest step, Role role, IEnumerable<string> names, string what, string source)
    {
        var inputs = step.Inputs.Where(port => port.Role == role).Select(port => port.Name).ToList();
        if (names.FirstOrDefault(name => !inputs.Contains(name)) is { } unknown)
        {
            var known = inputs.Count == 0 ? "It has none at all." : $"Did you mean '{Nearest.To(unknown, inputs)}'?";
            throw new InvalidDataException($"{source}: program.json {what} '{unknown}', which the stage '{step.Name}' does not have. {known}");
        }
    }

    private static void CheckInput(ProgramManifest program, Port port, Catalog<InputKind> inputs, string source)
    {
        if (!program.Batch.TryGetValue(port.Name, out var recipe))
        {
            throw new InvalidDataException($"{source}: program.json does not say how the batch input '{port.Name}' is filled.");
        }

        var bytes = port.Shape.Aggregate((long)DTypes.Parse(port.Dtype).Size(), (size, dimension) => size * dimension);
        var filled = Length(program, port, recipe, inputs, source);
        if (bytes != filled)
        {
            throw new InvalidDataException(
                $"{source}: the batch input '{port.Name}' is {port.Dtype}[{string.Join(',', port.Shape)}], {bytes:N0} bytes; its recipe fills "
                    + $"{filled:N0} for a batch of {program.BatchSize}.");
        }
    }

    private static long Length(ProgramManifest program, Port port, BatchRecipe recipe, Catalog<InputKind> inputs, string source)
    {
        try
        {
            return inputs.Filler(recipe, program.Image.Channels).Length(program.BatchSize);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{source}: the batch input '{port.Name}': {error.Message}", error);
        }
    }

    private static void CheckOutput(StageManifest step, Meaning means, bool scalar, string source)
    {
        var port = step.Outputs.FirstOrDefault(output => output.Means == means)
            ?? throw new InvalidDataException($"{source}: no output of the stage '{step.Name}' means '{means.ToString().ToLowerInvariant()}'; see "
                + "program.json.");
        if (port.Role != Role.Metric || port.Dtype != "float32" || !(scalar ? port.Shape.All(dimension => dimension == 1) : port.Shape.Count == 2))
        {
            throw new InvalidDataException(
                $"{source}: the output '{port.Name}', the {means.ToString().ToLowerInvariant()}, is {port.Dtype}[{string.Join(',', port.Shape)}]; "
                    + $"expected a metric, float32{(scalar ? "[]" : "[rows,D]")}.");
        }
    }

    // The encoder is exported last: what does not fit would be told of when all is trained.
    private static void CheckEncoder(StageManifest encoder, StageManifest step, ImageOptions image, string source)
    {
        CheckOutput(encoder, Meaning.Embedding, scalar: false, source);
        if (encoder.Outputs.Count != 1)
        {
            throw new InvalidDataException($"{source}: the stage '{encoder.Name}' has {encoder.Outputs.Count} outputs; expected the embedding alone.");
        }

        var weights = EncoderWriter.Weights(encoder).ToList();
        long[] images = [Shape.AnyBatch, image.Channels, image.Size, image.Size];
        if (encoder.Inputs.Except(weights).ToList() is not [{ Name: ProgramStages.Images, Dtype: "float32" } fed] || !fed.Shape.SequenceEqual(images))
        {
            throw new InvalidDataException(
                $"{source}: the stage '{encoder.Name}' takes {string.Join(" and ", encoder.Inputs.Except(weights).Select(Text).DefaultIfEmpty("nothing"))} "
                    + $"besides its weights; expected '{ProgramStages.Images}', float32[{string.Join(',', images)}].");
        }

        var carried = EncoderWriter.Weights(step).ToDictionary(port => port.Name);
        foreach (var weight in weights)
        {
            if (!carried.TryGetValue(weight.Name, out var trained) || trained.Dtype != weight.Dtype || !trained.Shape.SequenceEqual(weight.Shape))
            {
                throw new InvalidDataException(
                    $"{source}: the stage '{encoder.Name}' takes the weight {Text(weight)}, and the stage '{step.Name}' "
                        + $"{(trained is null ? "has no parameter or state of that name" : $"has {Text(trained)}")}.");
            }
        }
    }

    private static void CheckModel(StageManifest encoder, byte[] file, string source)
    {
        var graph = ModelProto.Parser.ParseFrom(file).Graph;
        var (named, has) = (Names(encoder.Inputs, encoder.Outputs, port => port.Name), Names(graph.Input, graph.Output, value => value.Name));
        if (named.Except(has).Concat(has.Except(named)).FirstOrDefault() is { } odd)
        {
            throw new InvalidDataException(
                $"{source}: {encoder.File} and program.json do not agree on the inputs and outputs of the stage '{encoder.Name}': only one of them has "
                    + $"the {odd}.");
        }
    }

    private static List<string> Names<T>(IEnumerable<T> inputs, IEnumerable<T> outputs, Func<T, string> name) =>
        [.. inputs.Select(input => $"input '{name(input)}'"), .. outputs.Select(output => $"output '{name(output)}'")];

    private static string Text(Port port) => $"'{port.Name}', {port.Dtype}[{string.Join(',', port.Shape)}]";
}
