using Jem.Kernels.Cpu.Panels;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// How a weight gradient is a product over tiles of images and of output gradients, for each of some sums: Winograd's frequencies, or the taps
/// themselves.
/// </summary>
internal unsafe interface IWeightForm
{
    /// <summary>Products of a tile.</summary>
    int Sums { get; }

    /// <summary>Whether <see cref="Input"/> and <see cref="Gradient"/> move numbers without computing.</summary>
    bool Copies { get; }

    /// <summary>Numbers that a tile of gradients becomes: as many as <see cref="Sums"/>, or 1 for all of them.</summary>
    int Gradients { get; }

    /// <summary>Numbers of the gradients in a tile.</summary>
    int GradientPlaces { get; }

    int Taps { get; }

    (int Rows, int Columns) Tiles(Planes output);

    /// <summary>Where the numbers of each tile are in panels: <see cref="Sums"/> of the image, <see cref="GradientPlaces"/> of the gradients.</summary>
    void WritePlaces(Planes input, Planes output, nint* inputs, nint* gradients);

    /// <summary>A tile of an image: sum s goes to s·step.</summary>
    void Input(float* panel, nint* places, float* temp, float* v, nint step);

    /// <summary>A tile of gradients.</summary>
    void Gradient(float* panel, nint* places, float* temp, float* g, nint step);

    /// <summary>Sums → [tap][16].</summary>
    void Weights(float* m, nint step, float* temp, float* taps);
}
