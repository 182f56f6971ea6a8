using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Jem.Kernels.Cpu.Panels;
using Jem.Kernels.Cpu.Winograd;

namespace Jem.Kernels.Cpu.Conv;

/// <summary>Winograd's form: a product for each frequency.</summary>
internal readonly unsafe struct FrequencyForm<TForm>(SlidingWindow window) : IWeightForm where TForm : struct, IWinogradForm
{
    public int Sums => TForm.Points * TForm.Points;

    public bool Copies => false;

    public int Gradients => Sums;

    public int GradientPlaces => TForm.Tile * TForm.Tile;

    public int Taps => window.Taps;

    public (int Rows, int Columns) Tiles(Planes output) => Planes.Tiles(output, TForm.Tile);

    public void WritePlaces(Planes input, Planes output, nint* inputs, nint* gradients)
    {
        var (tiles, side) = (Tiles(output), TForm.Tile);
        TileTable.Write(inputs, input, tiles, (side, side), (TForm.Points, TForm.Points), (1, 1), window.Top, window.Left);
        TileTable.Write(gradients, output, tiles, (side, side), (side, side), (1, 1), 0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Input(float* panel, nint* places, float* temp, float* v, nint step) => TForm.Input(panel, places, temp, v, step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Gradient(float* panel, nint* places, float* temp, float* g, nint step) => TForm.Gradient(panel, places, temp, g, step);

    public void Weights(float* m, nint step, float* temp, float* taps) => TForm.Weights(m, step, temp, taps);
}

/// <summary>As a weight gradient is defined: a product for each tap, over all output positions.</summary>
internal readonly unsafe struct TapForm(SlidingWindow window) : IWeightForm
{
    public int Sums => window.Taps;

    public bool Copies => true;

    public int Gradients => 1;

    public int GradientPlaces => 1;

    public int Taps => window.Taps;

    public (int Rows, int Columns) Tiles(Planes output) => (output.H, output.W);

    public void WritePlaces(Planes input, Planes output, nint* inputs, nint* gradients)
    {
        TileTable.Write(
            inputs, input, Tiles(output), (window.StrideHeight, window.StrideWidth), (window.KernelHeight, window.KernelWidth),
            (window.DilationHeight, window.DilationWidth), window.Top, window.Left);
        TileTable.Write(gradients, output, Tiles(output), (1, 1), (1, 1), (1, 1), 0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Input(float* panel, nint* places, float* temp, float* v, nint step)
    {
        for (var tap = 0; tap < Taps; tap++)
        {
            Vector512.Load(panel + places[tap]).Store(v + (tap * step));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Gradient(float* panel, nint* places, float* temp, float* g, nint step) => Vector512.Load(panel + places[0]).Store(g);

    public void Weights(float* m, nint step, float* temp, float* taps)
    {
        for (var tap = 0; tap < Taps; tap++)
        {
            Vector512.Load(m + (tap * step)).Store(taps + (tap * RegisterTiles.Lanes));
        }
    }
}
