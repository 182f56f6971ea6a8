return await Jem.Embed.Tool.Commands.EmbedApp.RunAsync(args, Console.Out, Console.Error);
