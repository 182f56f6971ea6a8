return await Jem.Trainer.Commands.JemApp.RunAsync(args);
