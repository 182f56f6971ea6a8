namespace Jem.Graphs.Programs;

/// <summary>The names of a program's stages.</summary>
public static class ProgramStages
{
    /// <summary>Trains: a batch, scalars and everything that is carried → metrics and what is carried on. Every program has it.</summary>
    public const string Step = "step";

    /// <summary>Embeds: images → embeddings. Every program has it.</summary>
    public const string Encoder = "encoder";

    /// <summary>What the images are called that the encoder embeds: its input of float32 [N,C,S,S].</summary>
    public const string Images = "image";

    /// <summary>Compares with prototypes: images → scores. Programs with prototypes have it.</summary>
    public const string Assign = "assign";
}
