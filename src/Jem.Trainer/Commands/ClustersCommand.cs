using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Embed.Runtime;
using Jem.Graphs.Options;
using Jem.Imaging.Files;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Eval.Clusters;
using Jem.Trainer.Eval.Vectors;
using Jem.Trainer.Exporting;
using Jem.Trainer.Runs;

namespace Jem.Trainer.Commands;

/// <summary><c>jem clusters</c>: the prototypes of a run as classes, by a few labels.</summary>
internal static class ClustersCommand
{
    private const string Stage = "assign", Sheets = "clusters", Document = "clusters.json";

    public static Command Create(JemKit kit)
    {
        var run = new Argument<string>("run") { Description = $"The folder of a run of {Methods(kit)}." };
        var data = DataFlag.Create("The images to sort into clusters, with labels.", required: true);
        var split = new Option<DataSplit>("--split") { Description = "Which split of them: train or test [train].", HelpName = "NAME" };
        var labels = new Option<int>("--labels")
        {
            Description = "How many images of each class may show their labels. They give the prototypes classes; all other images are recognised.",
            Required = true,
            HelpName = "N",
        };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the choice of these images [0].", HelpName = "S" };
        var folder = new Option<string>("--out")
        {
            Description = $"The folder to write {Document} and {Sheets}/NNN-class.png into, a picture of each cluster.",
            Required = true,
            HelpName = "DIR",
        };
        var sheets = new Option<int>("--sheets")
        {
            Description = "How many clusters get a picture, the largest first [100].",
            HelpName = "N",
            DefaultValueFactory = _ => 100,
        };
        var best = new Option<bool>("--best") { Description = "Take the best checkpoint of a run with --knn-every, instead of the newest." };
        var device = DeviceFlags.Device();
        var overwrite = new Option<bool>("--overwrite") { Description = "Write into --out even if something is there." };
        var flags = new OutputFlags();
        var command = new Command(
            "clusters",
            "Give the prototypes of a run classes by a few labelled images, recognise the others, and show the clusters.\n\n"
            + "Example:\n  jem clusters runs/photos --data folder:photos --labels 10 --out clusters")
        { run };
        foreach (var option in new Option[] { data, split, labels, seed, folder, sheets, best, overwrite, device })
        {
            command.Options.Add(option);
        }

        flags.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var request = new Request(
                    parsed.GetValue(run)!,
                    parsed.GetValue(best),
                    parsed.GetValue(data)!,
                    parsed.GetValue(split),
                    parsed.GetValue(labels),
                    parsed.GetValue(seed),
                    parsed.GetValue(folder)!,
                    parsed.GetValue(sheets))
                {
                    Options = DeviceFlags.Encoder(parsed, device),
                };
                return Run(request, kit, parsed.GetValue(overwrite), flags.Of(parsed), cancellation);
            },
            CancellationToken.None));
        return command;
    }

    /// <param name="Labels">Per class.</param>
    /// <param name="MostSheets">Pictures at the most.</param>
    private sealed record Request(string Run, bool Best, string Data, DataSplit Split, int Labels, ulong Seed, string Out, int MostSheets)
    {
        /// <summary>How the encoder is run.</summary>
        public EncoderOptions Options { get; init; } = new();
    }

    private static int Run(Request request, JemKit kit, bool overwrite, Output output, CancellationToken cancellation)
    {
        var source = Source(request, kit);
        var images = new DataFlag(kit.Data).Open(request.Data, request.Split, new DataOpening { Cancellation = cancellation, Range = source.Range }, output);
        var labelled = LabelDraw.Of(images, request.Labels, request.Seed);
        OutputFolder.Check(request.Out, overwrite);
        try
        {
            using var encoder = new Encoder(EncoderExport.Model(source, Stage), $"the stage {Stage} of {request.Run}", request.Options);
            var facts = new ClusterFacts(encoder.Info.Method, encoder.Info.Dimension, source.Step, request.Labels, request.Seed, request.Data, request.Split);
            OutputFolder.Prepare(request.Out, overwrite);
            using var files = new AtomicFiles();
            var (clustering, sheets) = StatusLine.Run(status => Cluster(request, images, labelled, encoder, files, status, cancellation), output);
            var (document, earlier) = (ClusterReport.Json(clustering, facts, images, sheets), SheetsOf(Path.Combine(request.Out, Document)));
            files.Add(Path.Combine(request.Out, Document), document.ToJsonString(Output.Readable));
            files.Commit();

            // An earlier call's pictures would pass for this one's. Other pictures are a person's.
            foreach (var sheet in earlier.Except(sheets.Values))
            {
                File.Delete(Path.Combine(request.Out, Sheets, Path.GetFileName(sheet)));
            }

            output.Result(document, ClusterReport.Table(clustering, facts, images));
            var (pictures, all) = (Path.Combine(request.Out, Sheets), Path.Combine(request.Out, Document));
            output.Say($"{pictures} holds pictures of {sheets.Count:N0} cluster{(sheets.Count == 1 ? "" : "s")}; {all} has the numbers of all.");
            return CommandHost.Done;
        }
        catch (OperationCanceledException error)
        {
            throw new OperationCanceledException($"Interrupted; {Path.Combine(request.Out, Document)} was not written.", error, cancellation);
        }
    }

    private static EncoderSource Source(Request request, JemKit kit)
    {
        if (request.Labels < 1)
        {
            throw new UsageException($"--labels {request.Labels}: expected 1 or more.");
        }

        if (request.MostSheets < 0)
        {
            throw new UsageException($"--sheets {request.MostSheets}: expected 0 or more.");
        }

        new DataFlag(kit.Data).Parse(request.Data);
        var run = RunFolder.Open(request.Run, kit.Kinds);
        var program = run.ReadProgram();
        return program.Stages.Any(stage => stage.Name == Stage)
            ? EncoderSource.OfRun(run, request.Best)
            : throw new UsageException($"{request.Run}: {program.Method} has no prototypes; jem clusters needs a run of {Methods(kit)}.");
    }

    private static (Clustering Clustering, Dictionary<int, string> Sheets) Cluster(
        Request request, IImageSet images, int[] labelled, Encoder encoder, AtomicFiles files, Action<string> status, CancellationToken cancellation)
    {
        var embedder = new EncoderEmbedder("trained", encoder);
        var scores = new EmbeddedImages(images, embedder, done => status($"Prototypes of images: {done:N0} of {images.Count:N0}"));
        var clustering = Clustering.Of(Assignment.Of(scores, labelled, cancellation), scores.Labels, labelled);

        var folder = Directory.CreateDirectory(Path.Combine(request.Out, Sheets)).FullName;
        var (writer, sheets) = (new ClusterSheets(images, encoder, folder, files), new Dictionary<int, string>());
        foreach (var cluster in clustering.Clusters.Take(request.MostSheets))
        {
            cancellation.ThrowIfCancellationRequested();
            sheets[cluster.Prototype] = $"{Sheets}/{writer.Write(cluster)}";
            status($"Pictures of clusters: {sheets.Count:N0} of {Math.Min(clustering.Clusters.Count, request.MostSheets):N0}");
        }

        return (clustering, sheets);
    }

    /// <summary>The pictures that a document of an earlier call names; none where it is not there, or no such document.</summary>
    private static List<string> SheetsOf(string document)
    {
        try
        {
            return File.Exists(document) && JsonNode.Parse(File.ReadAllText(document)) is JsonObject { } earlier && earlier["clusters"] is JsonArray clusters
                ? [.. clusters.Select(cluster => (string?)cluster?["sheet"]).OfType<string>()]
                : [];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>The methods that learn prototypes have an option how many.</summary>
    internal static string Methods(JemKit kit) => string.Join(" or ", kit.Methods.All
        .Where(method => OptionTable.Of(method.Options, kit.Parts.Names).Any(row => row.Name == "prototypes")).Select(method => method.Name));
}
