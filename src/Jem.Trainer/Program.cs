using System.CommandLine;
using Jem.Trainer.Commands;

return await CommandHost.Run(
    new RootCommand("Trains self-supervised image encoders on ONNX Runtime.")
    {
        GraphCommand.Create(),
        MethodsCommand.Create(),
    },
    args);
