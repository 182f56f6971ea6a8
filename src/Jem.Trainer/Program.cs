using System.CommandLine;
using Jem.Trainer.Commands;

return await CommandHost.Run(
    new RootCommand("Trains self-supervised image encoders on ONNX Runtime.")
    {
        TrainCommand.Create(),
        DataCommand.Create(),
        EvalCommand.Create(),
        ExportCommand.Create(),
        GraphCommand.Create(),
        MethodsCommand.Create(),
    },
    args);
