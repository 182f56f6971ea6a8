using System.Text;

namespace Jem.Kernels.Interop;

/// <summary>The attributes of the node a kernel is made for.</summary>
internal readonly unsafe struct NodeAttributes(nint info)
{
    /// <summary>The float attribute, or <paramref name="absent"/> where the node has none.</summary>
    public float Float(string name, float absent)
    {
        float value;
        fixed (byte* text = Utf8(name))
        {
            var get = (delegate* unmanaged<nint, byte*, float*, nint>)OrtNative.Api.KernelInfoGetAttribute_float;
            return OrtNative.Succeeded(get(info, text, &value)) ? value : absent;
        }
    }

    /// <summary>The int attribute, or <paramref name="absent"/> where the node has none.</summary>
    public int Int(string name, int absent)
    {
        long value;
        fixed (byte* text = Utf8(name))
        {
            var get = (delegate* unmanaged<nint, byte*, long*, nint>)OrtNative.Api.KernelInfoGetAttribute_int64;
            return OrtNative.Succeeded(get(info, text, &value)) ? checked((int)value) : absent;
        }
    }

    /// <summary>The list of ints, or <paramref name="absent"/> where the node has none.</summary>
    public int[] Ints(string name, params int[] absent)
    {
        fixed (byte* text = Utf8(name))
        {
            // Asked without a buffer, ONNX Runtime answers the length.
            var get = (delegate* unmanaged<nint, byte*, long*, nuint*, nint>)OrtNative.Api.KernelInfoGetAttributeArray_int64;
            nuint length = 0;
            if (!OrtNative.Succeeded(get(info, text, null, &length)))
            {
                return absent;
            }

            var values = new long[length];
            fixed (long* first = values)
            {
                OrtNative.Check(get(info, text, first, &length));
            }

            return Array.ConvertAll(values, value => checked((int)value));
        }
    }

    /// <summary>Whether a pass gave the node to factors of bfloat16.</summary>
    public bool Bf16 => Int(Lowering.Bf16Products.Attribute, 0) != 0;

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
