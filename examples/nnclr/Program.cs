using Jem.Trainer.Commands;
using Jem.Trainer.Configuration;
using Nnclr;

return await JemApp.RunAsync(args, JemKit.BuiltIn.With(NnclrMethod.Row));
