using System.Runtime.InteropServices;

namespace Jem.Imaging;

/// <summary>
/// The ways in which Unicode writes the same letter: <c>ä</c> is one character (NFC), or an <c>a</c> and a mark (NFD). Disks and
/// lists may differ in that. Jem runs without the system's tables of languages, so .NET cannot tell; the GLib in libvips can.
/// </summary>
public static unsafe class UnicodeForm
{
    private const int Decomposed = 0, Composed = 1;

    private static readonly delegate* unmanaged<byte*, nint, int, byte*> s_normalize = (delegate* unmanaged<byte*, nint, int, byte*>)Export("g_utf8_normalize");
    private static readonly delegate* unmanaged<byte*, void> s_free = (delegate* unmanaged<byte*, void>)Export("g_free");

    /// <summary>Other ways to write a text, at most two; none of a text in ASCII, or where libvips' library does not tell.</summary>
    public static IEnumerable<string> Others(string text) =>
        text.All(char.IsAscii) || s_normalize is null || s_free is null ? []
            : new[] { Normalized(text, Composed), Normalized(text, Decomposed) }.Where(form => form != text);

    private static string Normalized(string text, int form)
    {
        var utf8 = Marshal.StringToCoTaskMemUTF8(text);
        var result = s_normalize((byte*)utf8, -1, form);
        Marshal.FreeCoTaskMem(utf8);
        var normalized = result is null ? text : Marshal.PtrToStringUTF8((nint)result)!;
        s_free(result);
        return normalized;
    }

    private static nint Export(string name)
    {
        LibVips.SetUp();
        var library = OperatingSystem.IsWindows() ? "libvips-42.dll" : OperatingSystem.IsMacOS() ? "libvips.42.dylib" : "libvips.so.42";
        return NativeLibrary.TryLoad(library, typeof(NetVips.Image).Assembly, null, out var vips) && NativeLibrary.TryGetExport(vips, name, out var address)
            ? address
            : 0;
    }
}
