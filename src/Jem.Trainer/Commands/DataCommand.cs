using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jem.Imaging;
using Jem.Trainer.Configuration;
using Jem.Trainer.Data;
using Jem.Trainer.Drawing;
using Jem.Trainer.Sessions;
using Jem.Trainer.Training;
using Spectre.Console;

namespace Jem.Trainer.Commands;

/// <summary><c>jem data</c>: what a data set holds, and a picture of its views.</summary>
internal static class DataCommand
{
    private const int Rows = 12;

    public static Command Create(JemKit kit)
    {
        var flag = new DataFlag(kit.Data);
        var spec = new Argument<string>("spec") { Description = "The images." };
        var method = new Option<string>("--views")
        {
            Description = "The method whose views are drawn.",
            DefaultValueFactory = _ => "simclr",
            HelpName = "METHOD",
        };
        var imageSize = new Option<int?>("--image-size") { Description = "Side of the views in pixels [by the images, as in training].", HelpName = "N" };
        var set = new Option<string[]>("--set")
        {
            Description = "Set an option of this method, such as views.jitter=0. May be repeated.",
            HelpName = "key=value",
        };
        var output = new Option<string>("--out") { Description = "The picture to write.", DefaultValueFactory = _ => "views.png", HelpName = "FILE" };
        var overwrite = OutputFile.Overwrite();
        var images = new Option<string?>("--images")
        {
            Description = "Draw nothing; write the images themselves as PNG files, a folder for each class; those of more than 16 megapixels reduced.",
            HelpName = "DIR",
        };
        var split = new Option<DataSplit>("--split") { Description = "With --images: the split that is written [train].", HelpName = "train|test" };
        var strict = DataFlag.Strict();
        var count = new Option<int>("--count")
        {
            Description = "With --images: the most images that are written.",
            DefaultValueFactory = _ => 1000,
            HelpName = "N",
        };
        var command = new Command(
            "data",
            "Say what a data set holds, and draw a contact sheet of its augmented views.\n\nExample:\n  jem data synthetic:shapes --out views.png")
        { spec, method, imageSize, set, output, overwrite, images, split, count, strict };
        var flags = new OutputFlags();
        flags.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() =>
        {
            var words = flags.Of(parsed);
            var opening = new DataOpening { Strict = parsed.GetValue(strict), Cancellation = cancellation };
            IImageSet Open(DataSplit part, int shortSide) => flag.Open(parsed.GetValue(spec)!, part, opening with { ShortSide = shortSide }, words);
            if (parsed.GetValue(images) is { } folder)
            {
                WriteImages(Open(parsed.GetValue(split), 0), folder, parsed.GetValue(count), words);
                return CommandHost.Done;
            }

            var picture = parsed.GetValue(output)!;
            OutputFile.Check(output.Name, picture, parsed.GetValue(overwrite));
            flag.RequireOutside(parsed.GetValue(spec)!, output.Name, picture);

            // The pixels are those that training sees.
            var request = new MethodRequest(parsed.GetValue(method)!)
            {
                Kit = kit,
                ImageSize = parsed.GetValue(imageSize),
                Settings = parsed.GetValue(set) ?? [],
            };
            var machine = PreparedRun.MachineOf(new DeviceOptions());
            IImageSet Photographs(DataSplit part) => Open(part, PreparedRun.TwiceAView(FittedMethod.LargestSize(request, machine)));
            return Run(parsed.GetValue(spec)!, request, machine, picture, words, Photographs);
        }, CancellationToken.None));
        return command;
    }

    private static int Run(string spec, MethodRequest request, Machine machine, string picture, Output output, Func<DataSplit, IImageSet> open)
    {
        var clock = Stopwatch.StartNew();
        var train = open(DataSplit.Train);
        var opening = clock.Elapsed;
        var test = DataSets.HasSplit(new DataFlag(request.Kit.Data).Parse(spec), DataSplit.Test) ? open(DataSplit.Test) : null;
        var statistics = PreparedRun.Statistics(train);
        var method = FittedMethod.Of(request, statistics, machine);
        var inputs = method.Program.Batch;
        output.Result(Document(train, test, statistics), Facts(train, test, statistics, opening));
        ImageEncoder.Save(DataSheet.Draw(train, inputs, method.Options.Seed, Math.Min(Rows, train.Count)), picture);
        output.Say($"{picture}: {Math.Min(Rows, train.Count)} images (left) and their views.");
        return CommandHost.Done;
    }

    private static Table Facts(IImageSet train, IImageSet? test, ImageStatistics statistics, TimeSpan opening)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        void Row(string name, string value) => table.AddRow(new Text(name), new Text(value));
        Row("data", train.Provenance);
        Row("training images", $"{train.Count:N0}");
        Row("left out", train.Skipped.Count == 0 ? "none" : $"{train.Skipped.Count:N0} that cannot be read");
        Row("test images", test is null ? "none" : $"{test.Count:N0}");
        Row("first image, as kept", $"{train.Image(0).Width}×{train.Image(0).Height}, {train.Channels} channel{(train.Channels == 1 ? "" : "s")}");
        Row("mean, deviation", $"{Numbers(statistics.Mean)}; {Numbers(statistics.Std)}");
        Row("classes", Classes(train));
        Row("fingerprint", train.Fingerprint);
        Row("opened in", $"{opening.TotalSeconds:F2} s ({train.Count / opening.TotalSeconds:N0} images/s)");
        return table;
    }

    private static JsonObject Document(IImageSet train, IImageSet? test, ImageStatistics statistics) => new()
    {
        ["data"] = train.Provenance,
        ["training_images"] = train.Count,
        ["test_images"] = test?.Count ?? 0,
        ["skipped"] = new JsonArray([.. train.Skipped.Select(image => new JsonObject { ["name"] = image.Name, ["reason"] = image.Reason })]),
        ["channels"] = train.Channels,
        ["mean"] = JsonSerializer.SerializeToNode(statistics.Mean),
        ["std"] = JsonSerializer.SerializeToNode(statistics.Std),
        ["classes"] = JsonSerializer.SerializeToNode(train.ClassNames),
        ["fingerprint"] = train.Fingerprint,
    };

    private static void WriteImages(IImageSet images, string folder, int count, Output output)
    {
        if (count < 1)
        {
            throw new UsageException($"--count {count}: expected at least 1.");
        }

        OutputFolder.PrepareNew("--images", folder);
        var written = ImageFolderWriter.Write(images, folder, count);
        output.Say($"{folder}: {written:N0} images.");
    }

    private static string Numbers(IEnumerable<double> numbers) => string.Join(" ", numbers.Select(number => $"{number:F3}"));

    private static string Classes(IImageSet images)
    {
        if (images.Labels is not { } labels)
        {
            return "none (unlabelled)";
        }

        var counts = labels.CountBy(label => label).ToDictionary();
        var shown = images.ClassNames.Take(20).Select((name, label) => $"{name} {counts.GetValueOrDefault(label):N0}");
        return $"{images.ClassNames.Count}: {string.Join(", ", shown)}{(images.ClassNames.Count > 20 ? ", …" : "")}";
    }
}
