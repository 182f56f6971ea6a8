using Jem.Trainer.Commands;

namespace Jem.Trainer.Tests.Commands;

public class ComplaintTests
{
    private const string Data = "synthetic:shapes?n=32&size=16";

    [TestCase("trian", "jem: Unknown 'trian'. Did you mean 'train'? See `jem --help`.")]
    [TestCase("train simclr --data DATA --ot x", "jem: Unknown '--ot'. Did you mean '--out'? See `jem train --help`.")]
    [TestCase("methods --jsn", "jem: Unknown '--jsn'. Did you mean '--json'? See `jem methods --help`.")]
    [TestCase("train simclr --out NEW", "jem: --data is missing: say which images to train on, such as --data folder:photos.")]
    [TestCase("train simclr --data DATA --out NEW --width wide", "jem: --width is wide; expected a whole number. See `jem train --help`.")]
    [TestCase("train simclr --data DATA --out NEW --seed -1", "jem: --seed is -1; expected a whole number ≥ 0. See `jem train --help`.")]
    [TestCase("train simclr --data DATA --out NEW --threads -1", "jem: --threads is -1; expected a whole number from 0 to 1,024.")]
    [TestCase("train simclr --data DATA --out NEW --threads 100000", "jem: --threads is 100000; expected a whole number from 0 to 1,024.")]
    [TestCase("train simclr --data DATA --out NEW --workers 100000", "jem: --workers is 100000; expected a whole number from 1 to 1,024.")]
    [TestCase("data folder:FULL --out FULL/broken.png --overwrite", "jem: --out FULL/broken.png lies in FULL, among the images: it would be one of them.")]
    [TestCase("train simclr --data DATA --out NEW --width 8 --width 9", "jem: --width is given twice, as 8 and as 9; expected once.")]
    [TestCase("train simclr --data DATA --out NEW --width 2147483647", "jem: --width: backbone.width is 2147483647; expected a whole number in [0, 2048]")]
    [TestCase("train simclr --data DATA --out NEW --image-size 100000", "jem: --image-size: image.size is 100000; expected a whole number in [1, 4096]")]
    [TestCase("train simclr --data DATA --out NEW --batch 2147483647", "jem: --batch: batch is 2147483647; expected a whole number in [2, 65536]")]
    [TestCase("train simclr --data DATA --out NEW --prefetch 1", "jem: --prefetch is 1; expected a whole number from 2 to 1,000.")]
    [TestCase("data DATA --images NEW --split trian", "jem: --split is trian; expected train, test. Did you mean 'train'? See `jem data --help`.")]
    [TestCase("train simlr --data DATA --out NEW", "jem: Unknown method 'simlr'. Did you mean 'simclr'?")]
    [TestCase("data DATA --views simlr --out NEW", "jem: Unknown method 'simlr'. Did you mean 'simclr'?")]
    [TestCase("graph simlr --out NEW", "jem: Unknown method 'simlr'. Did you mean 'simclr'?")]
    [TestCase("train simclr --data DATA --out NEW --set method=moco", "jem: --set: the method is not an option but an argument, such as `jem train simclr`.")]
    [TestCase(
        "train simclr --data DATA --out NEW --backbone resnet19",
        "jem: --backbone: backbone.name is 'resnet19'; expected resnet18, resnet34, resnet50, vit_tiny, vit_small, convnext_tiny. Did you mean 'resnet18'?")]
    [TestCase(
        "train simclr --data DATA --out NEW --backbone vit_tiny --image-size 30 --preset paper",
        "jem: Patches of 4 pixels (backbone.patch) do not fill images of 30×30. They fill sides of 28 and 32;")]
    [TestCase("train simclr --data DATA --out NEW --set backbone.patch=4", "jem: backbone.patch is 4, which only vision transformers have; resnet18 takes 0.")]
    [TestCase(
        "train simclr --data DATA --out NEW --set backbone.stem=larg",
        "jem: --set: backbone.stem is 'larg'; expected auto, small, large. Did you mean 'large'?")]
    [TestCase("train simclr --data synthtic:shapes --out NEW", "jem: Unknown kind of data 'synthtic'. Did you mean 'synthetic:shapes")]
    [TestCase(
        "train simclr --data DATA --out NEW --set temprature=1",
        "jem: --set: unknown option 'temprature'. Did you mean 'temperature'? `jem methods METHOD` lists them all.")]
    [TestCase(
        "train simclr --data DATA --out NEW --batch 8 --set temperature=0",
        "jem: --set: temperature is 0; expected a number > 0, such as 0.5. Temperature of NT-Xent.")]
    [TestCase("train simclr --data DATA --out NEW --batch 1", "jem: --batch: batch is 1; expected a whole number in [2, 65536], such as 256. Images per step")]
    [TestCase(
        "train simclr --data DATA --out NEW --batch 8 --set views.flip=50",
        "jem: --set: views.flip is 50; expected a number in [0, 1], such as 0.5; for 50 per cent write 0.5. Probability")]
    [TestCase(
        "train simclr --data DATA --out NEW --set optimizer.name=adam",
        "jem: --set: optimizer.name is 'adam'; expected sgd, lars, adamw. Did you mean 'adamw'?")]
    [TestCase(
        "train simclr --data DATA --out NEW --batch 8 --set views.count=3",
        "jem: views.count is 3; this method compares exactly 2 views of an image. Set views.count=2.")]
    [TestCase(
        "train simclr --data DATA --out NEW --batch 8 --set image.size=32 --set views.size=64",
        "jem: views.size is 64 and image.size 32; expected the same.")]
    [TestCase(
        "train simclr --data DATA --out NEW --batch 8 --set views.blur=0.1,0.2,0.3",
        "jem: views.blur is 0.1,0.2,0.3; expected one probability for all views or one for each of the 2.")]
    [TestCase(
        "train simclr --data DATA --out NEW --batch 8 --set optimizer.momentum=2",
        "jem: --set: optimizer.momentum is 2; expected a number in [0, 1), such as 0.9. sgd and lars")]
    [TestCase(
        "train simclr --data DATA --out NEW --batch 8 --set image.channels=1",
        "jem: image.channels is 1, but the images have 3. Leave it out: the data decide")]
    [TestCase("train simclr --data DATA --out NEW --set temperature=nan", "jem: --set: temperature is nan; expected a number > 0, such as 0.5.")]
    [TestCase("train simclr --data DATA --out NEW --epochs nan", "jem: --epochs is NaN; expected more than 0")]
    [TestCase("train simclr --data DATA --out NEW --epochs 1 --steps 1", "jem: --epochs and --steps both say how long to train")]
    [TestCase("train simclr --data DATA --out NEW --device gpu", "jem: Unknown --device 'gpu'. Did you mean 'cpu'?")]
    [TestCase("train simclr --data DATA --out NEW --device cuda --precision tf23", "jem: Unknown --precision 'tf23'. Did you mean 'tf32'?")]
    [TestCase("train simclr --data DATA --out NEW --precision tf32", "jem: --precision tf32 is for a GPU: add --device cuda, or leave it out.")]
    [TestCase("train simclr --data DATA --out NEW --deterministic", "jem: --deterministic is for a GPU: add --device cuda, or leave it out.")]
    [TestCase("train simclr --data DATA --out NEW --ep-library cuda.so", "jem: --ep-library is for a GPU: add --device cuda, or leave it out.")]
    [TestCase("eval NEW --data DATA --device gpu", "jem: Unknown --device 'gpu'. Did you mean 'cpu'?")]
    [TestCase("train simclr --data DATA --out NEW --config missing.json", "jem: --config missing.json: Could not find file")]
    [TestCase("train simclr --data DATA --out NEW --config FULL", "jem: --config FULL: Access to the path")]
    [TestCase("train simclr --data DATA --out NEW --config FULL/broken.png", "jem: --config FULL/broken.png: not JSON: ")]
    [TestCase("train simclr --data DATA --batch 8 --out FULL", "jem: --out FULL is not empty and not a run. Choose another folder.")]
    [TestCase("graph simclr --out FULL", "jem: --out FULL exists and is not empty. Choose another folder, or add --overwrite.")]
    [TestCase("graph simclr --out NEW --channels 0", "jem: --channels is 0; expected a whole number ≥ 1.")]
    [TestCase("eval NEW --data DATA", "jem: NEW: there is no such folder. Give the folder that `jem train --out` wrote.")]
    [TestCase("export FULL --out NEW", "jem: FULL is not a run: it has no config.json.")]
    [TestCase("report FULL", "jem: FULL is not a run: it has no config.json.")]
    [TestCase("methods simcrl", "jem: Unknown method 'simcrl'. Did you mean 'simclr'?")]
    public void Wrong_usage_is_one_line_and_code_2(string command, string complaint) => Complains(command, CommandHost.WrongUsage, complaint);

    [TestCase("train simclr --data folder:NEW --out NEW", "jem: ")]
    [TestCase("train simclr --data cifar10:NEW --out NEW", "jem: ")]
    [TestCase("train simclr --data folder:FULL --out NEW --batch 2", "jem: Cannot ")]
    [TestCase("train simclr --data DATA --out NEW --batch 64", "jem: A batch of 64 is larger than the data")]
    [TestCase("train simclr --data DATA --out NEW --device cuda", "jem: CUDA cannot be used: ")]
    [TestCase("train simclr --data DATA --out NEW --device cuda --ep-library missing.so", "jem: CUDA cannot be used: there is no file missing.so.")]
    public void A_failure_is_one_line_and_code_1(string command, string complaint) => Complains(command, CommandHost.Failed, complaint);

    [TestCase("")]
    [TestCase("train")]
    [TestCase("eval")]
    [TestCase("export")]
    [TestCase("graph")]
    [TestCase("methods")]
    [TestCase("data")]
    [TestCase("report")]
    public void Every_verb_has_help_with_an_example(string verb)
    {
        var help = CommandLine.Run([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.That(help.Code, Is.Zero);
        Assert.That(help.Output, Does.Contain("Example:").And.Contain($"jem {verb}"));
    }

    private static void Complains(string command, int code, string complaint)
    {
        using var folder = new TemporaryFolder();
        var (full, missing) = (folder.At("full"), folder.At("new"));
        Directory.CreateDirectory(full);
        File.WriteAllText(Path.Combine(full, "broken.png"), "not an image");
        string Filled(string text) => text.Replace("DATA", Data).Replace("FULL", full).Replace("NEW", missing);
        var result = CommandLine.Run([.. command.Split(' ').Select(Filled)]);
        Assert.That(result.Error, Does.StartWith(Filled(complaint)));
        Assert.That(result.Error.Split('\n'), Has.Length.EqualTo(1));
        Assert.That(result.Code, Is.EqualTo(code));
        Assert.That(Directory.Exists(missing), Is.False, "a command that was refused leaves nothing behind");
    }
}
