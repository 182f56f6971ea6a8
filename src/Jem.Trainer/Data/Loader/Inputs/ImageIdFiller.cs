using System.Runtime.InteropServices;
using Jem.Imaging;

namespace Jem.Trainer.Data.Loader.Inputs;

/// <summary>Which image each row shows.</summary>
internal sealed class ImageIdFiller : InputFiller
{
    public override long Length(int batch) => (long)batch * sizeof(long);

    public override void Fill(in BatchRow row, PlanarImage image, Span<byte> ids) => MemoryMarshal.Cast<byte, long>(ids)[row.Row] = row.Index;
}
