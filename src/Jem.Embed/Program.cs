return await Jem.Embed.Commands.EmbedApp.RunAsync(args, Console.Out, Console.Error);
