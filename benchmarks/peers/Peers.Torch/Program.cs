// Serves the SimCLR step of a training program's folder, written in TorchSharp: the same options, first values and views. With `--bf16` all
// but the loss is in bfloat16: weights, gradients and their momentum too.
using System.Text.Json.Nodes;
using Jem.Graphs.Export;
using Peers;
using Peers.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

var folder = args[^1];
var type = args.Contains("--bf16") ? ScalarType.BFloat16 : ScalarType.Float32;
var program = ProgramManifest.Parse(File.ReadAllText(Path.Combine(folder, ProgramWriter.ManifestFile)));
var options = program.Options;
var (image, optimizer) = (options["image"]!, options["optimizer"]!);
var (size, channels, batch) = ((int)image["size"]!, (int)image["channels"]!, (int)options["batch"]!);
torch.set_num_threads(Turns.Threads);

using var model = new ResNet18(channels, (int)options["backbone"]!["width"]!, (int)options["projector"]!["hidden"]!, (int)options["projector"]!["output"]!);
using (var stream = File.OpenRead(Path.Combine(folder, program.Initial)))
{
    var initial = Safetensors.Read(stream).ToDictionary(tensor => tensor.Name);
    using var _ = no_grad();
    foreach (var (name, parameter) in model.named_parameters())
    {
        parameter.copy_(tensor(initial[name].Floats.ToArray(), [.. initial[name].Shape]));
    }
}

model.to(type);

// Weight decay on matrices and filters alone, as in the program.
var decay = (double)optimizer["weight_decay"]!;
var rate = (double)optimizer["learning_rate"]! * batch / 256;
using var sgd = optim.SGD(
    new SGD.ParamGroup[]
    {
        new(model.parameters().Where(w => w.dim() > 1), weight_decay: decay, momentum: (double)optimizer["momentum"]!, lr: rate),
        new(model.parameters().Where(w => w.dim() <= 1), momentum: (double)optimizer["momentum"]!, lr: rate),
    },
    rate);

using var views = tensor(File.ReadAllBytes(Turns.BatchFile(folder, "views")), [2 * batch, channels, size, size]);
using var mean = PerChannel(image["mean"]!);
using var std = PerChannel(image["std"]!);
using var positives = arange(2 * batch, int64).add(batch).remainder(2 * batch);
using var itself = eye(2 * batch, dtype: ScalarType.Bool);
var temperature = (double)options["temperature"]!;
model.train();

Turns.Serve(model.parameters().Sum(w => w.numel()), "TorchSharp 0.107.0 (libtorch 2.10)", () =>
{
    using var scope = NewDisposeScope();
    var embedding = model.forward(views.to(float32).div_(255).sub_(mean).div_(std).to(type));
    var z = nn.functional.normalize(embedding.to(float32));
    var energy = z.matmul(z.t()).div(temperature).masked_fill(itself, float.NegativeInfinity);
    var loss = nn.functional.cross_entropy(energy, positives);
    sgd.zero_grad();
    loss.backward();
    sgd.step();
    return loss.item<float>();
});

static Tensor PerChannel(JsonNode numbers) => tensor(numbers.AsArray().Select(number => (float)number!).ToArray()).view(1, -1, 1, 1);
