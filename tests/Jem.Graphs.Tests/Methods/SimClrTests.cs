using Jem.Graphs.Export;
using Jem.Graphs.Methods;

namespace Jem.Graphs.Tests.Methods;

public class SimClrTests
{
    [Test, Explicit]
    public void Write()
    {
        var options = new SimClrOptions { Batch = 128, Image = new() { Size = 28, Channels = 1, Mean = [0.28], Std = [0.35] }, Backbone = new() { Width = 16 }, Views = new() { Size = 28 } };
        var program = MethodTable.Get("simclr").Build(options);
        Directory.CreateDirectory("/tmp/prog");
        foreach (var (name, bytes) in ProgramWriter.Files(program))
        {
            File.WriteAllBytes("/tmp/prog/" + name, bytes);
        }
    }
}
