using Jem.Trainer.Sessions;

namespace Jem.Trainer.Tests.Sessions;

public class OperatorTimesTests
{
    [Test]
    public void Steps_are_told_apart_by_how_often_a_node_ran()
    {
        using var folder = new TemporaryFolder();
        string[] events =
        [
            """{"cat":"Session","name":"model_run","dur":9000,"args":{}}""",
            .. Step(conv: 9000, add: 900), .. Step(conv: 1000, add: 100), .. Step(conv: 3000, add: 300),
        ];
        File.WriteAllText(folder.At("profile.json"), $"[{string.Join(',', events)}]");

        var nodes = OperatorTimes.Nodes(folder.At("profile.json"), warmUp: 1, steps: 2);
        Assert.That(nodes.Select(node => (node.Node, node.Operator, node.Calls)), Is.EqualTo(new[] { ("a", "ConvGradInput", 1), ("in.a.loop", "Add", 2) }));
        Assert.That(nodes[0].Milliseconds, Is.EqualTo(new[] { 1.0, 3.0 }));
        Assert.That(nodes[1].Milliseconds, Is.EqualTo(new[] { 0.2, 0.6 }).Within(1e-12), "twice a step");
        Assert.That(string.Join(' ', nodes[0].Inputs), Is.EqualTo("[2,3] []"));
        Assert.That(nodes[0].Inputs.Select(input => input.Bytes), Is.EqualTo(new[] { 6 * 4, 8 }));

        Assert.That(
            OperatorTimes.Read(folder.At("profile.json"), warmUp: 1, steps: 2),
            Is.EqualTo(new[] { new OperatorTimes("ConvGradInput", 1, 2.0), new OperatorTimes("Add", 2, 0.4) }));
    }

    private static string[] Step(int conv, int add) => [Node("a", "ConvGradInput_12", conv), Node("in.a.loop", "Add", add), Node("in.a.loop", "Add", add)];

    private static string Node(string name, string op, int microseconds) => $$"""
        {
          "cat": "Node", "name": "{{name}}_kernel_time", "dur": {{microseconds}},
          "args": { "op_name": "{{op}}", "input_type_shape": [{ "float": [2, 3] }, { "int64": [] }], "output_type_shape": [{ "float": [2, 3] }] }
        }
        """;
}
