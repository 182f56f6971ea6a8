namespace Jem.Kernels.Cpu.Conv;

/// <summary>
/// How one weight gradient is cut: into bands of output rows that are packed, chunks of bands that stay in a cache while
/// they are multiplied, and slices of bands that are summed apart. It depends on the shapes alone, so the result does too.
/// </summary>
/// <remarks>
/// Inputs are packed as [block of 16 lanes][row][column][lane], with padding written out. A lane is normally a channel, and each
/// tap of the filter reads the same panel at an offset. With few channels, or a single tap, a lane is a (channel, tap) pair
/// instead: more copies, but full vectors, and only the positions that the stride visits.
/// </remarks>
internal sealed class ConvGradWeightPlan
{
    // Sizes in numbers (4 bytes each).
    private const int FirstLevel = 5 << 10;
    private const int SecondLevel = 96 << 10;
    private const int ThirdLevel = 1 << 20;
    private const int MaxSlices = 16;
    private const int FewChannels = 12;

    public ConvGradWeightPlan(SlidingWindow window, int images, int channels, int outChannels, int outHeight, int outWidth)
    {
        (Window, OutHeight, OutWidth) = (window, outHeight, outWidth);
        Expanded = window.Taps == 1 || channels < FewChannels;
        Lanes = Expanded ? channels * window.Taps : channels;
        LaneBlocks = Blocks(Lanes, OuterProducts.Columns);
        RowBlocks = Blocks(outChannels, OuterProducts.Rows);
        PanelWidth = Expanded ? outWidth : ((outWidth - 1) * window.StrideWidth) + window.Width;

        var rowSize = (long)PanelWidth * RowStride * LaneBlocks * OuterProducts.Columns;
        rowSize += (long)outWidth * RowBlocks * OuterProducts.Rows;
        var bandsPerImage = Blocks(outHeight, (int)Math.Clamp(SecondLevel * 2 / Math.Max(1, rowSize), 1, Math.Max(1, outHeight)));
        BandRows = Blocks(outHeight, Math.Max(1, bandsPerImage));
        BandsPerImage = Blocks(outHeight, Math.Max(1, BandRows));
        Bands = images * BandsPerImage;
        InputBand = PanelRows(BandRows) * PanelWidth * OuterProducts.Columns;
        GradientBand = BandRows * outWidth * OuterProducts.Rows;
        RowsAtOnce = Math.Max(1, (int)(FirstLevel * (long)BandRows / Math.Max(1, InputBand)));

        Sums = (long)LaneBlocks * RowBlocks * PanelTaps * OuterProducts.Rows * OuterProducts.Columns;
        Slices = Sums * MaxSlices <= ThirdLevel ? Math.Clamp(Bands, 1, MaxSlices) : 1;
        var bandSize = ((long)InputBand * LaneBlocks) + ((long)GradientBand * RowBlocks);
        var fitting = (Slices == 1 ? ThirdLevel : SecondLevel) / Math.Max(1, bandSize);
        ChunkBands = (int)Math.Clamp(fitting, 1, Math.Max(1, Blocks(Bands, Slices)));
    }

    public SlidingWindow Window { get; }

    public int OutHeight { get; }

    public int OutWidth { get; }

    /// <summary>Whether a lane is a (channel, tap) pair.</summary>
    public bool Expanded { get; }

    public int Lanes { get; }

    public int LaneBlocks { get; }

    /// <summary>The blocks of output channels.</summary>
    public int RowBlocks { get; }

    public int PanelWidth { get; }

    /// <summary>The taps that read a panel at offsets.</summary>
    public int PanelTaps => Expanded ? 1 : Window.Taps;

    /// <summary>Panel rows from one output row to the next.</summary>
    public int RowStride => Expanded ? 1 : Window.StrideHeight;

    /// <summary>Panel columns from one output column to the next.</summary>
    public int ColumnStride => Expanded ? 1 : Window.StrideWidth;

    /// <summary>The output rows in a band; the last band of an image may have fewer.</summary>
    public int BandRows { get; }

    public int BandsPerImage { get; }

    public int Bands { get; }

    /// <summary>The size of one lane block of a band.</summary>
    public int InputBand { get; }

    /// <summary>The size of one row block of a band.</summary>
    public int GradientBand { get; }

    public int ChunkBands { get; }

    /// <summary>The output rows whose inputs stay in the first cache.</summary>
    public int RowsAtOnce { get; }

    /// <summary>The parts of the batch with sums of their own: one where the filter is large.</summary>
    public int Slices { get; }

    /// <summary>The size of one slice's sums, [lane block][row block][tap][row][column].</summary>
    public long Sums { get; }

    /// <summary>The panel rows that some output rows need.</summary>
    public int PanelRows(int rows) => Expanded ? rows : ((rows - 1) * Window.StrideHeight) + Window.Height;

    /// <summary>The image, first output row and number of output rows of a band.</summary>
    public (int Image, int Row, int Rows) Band(int band)
    {
        var row = band % BandsPerImage * BandRows;
        return (band / BandsPerImage, row, Math.Min(BandRows, OutHeight - row));
    }

    private static int Blocks(int count, int size) => (count + size - 1) / size;
}
