namespace Jem.Kernels.Cpu.Winograd;

/// <summary>
/// The transforms of one form of Winograd's convolution for 3×3 filters (Lavin and Gray, arXiv:1509.09308), of 16 channels at once. An image
/// tile has Points × Points numbers, a tile of outputs or of their gradients Tile × Tile.
/// </summary>
/// <remarks>
/// Images are panels [position][16], in which a table has the place of each number of a tile; frequency f of a transformed tile lies at f·step.
/// <c>temp</c> has room for Points² vectors.
/// </remarks>
internal unsafe interface IWinogradForm
{
    static abstract int Tile { get; }

    static abstract int Points { get; }

    /// <summary>Bᵀ d B of an image tile.</summary>
    static abstract void Input(float* panel, nint* places, float* temp, float* v, nint step);

    /// <summary>G g Gᵀ of a filter [9][16].</summary>
    static abstract void Filter(float* g, float* temp, float* u, nint step);

    /// <summary>Aᵀ m A: a tile of outputs, into a panel.</summary>
    static abstract void Output(float* m, nint step, float* temp, float* panel, nint* places);

    /// <summary>The weight gradient's transform of a tile of output gradients, whose filter they are.</summary>
    static abstract void Gradient(float* panel, nint* places, float* temp, float* v, nint step);

    /// <summary>The weight gradient's inverse: frequencies → [9][16].</summary>
    static abstract void Weights(float* m, nint step, float* temp, float* δw);
}
