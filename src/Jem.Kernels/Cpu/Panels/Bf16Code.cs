using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Jem.Kernels.Cpu.Panels;

/// <summary>
/// Machine code of a register tile whose places are pairs of bfloat16: 16 vectors of sums stay in zmm16 to zmm31, which no calling convention keeps.
/// </summary>
/// <param name="twoColumns">Whether 8 rows meet two blocks of columns, or two times 8 rows one block.</param>
/// <param name="rowStep">Bytes from a row of a to the next; <paramref name="placeStep"/> from a place to the next.</param>
/// <param name="places">Places in a block, after which a goes on <paramref name="blockStep"/> bytes further.</param>
internal sealed class Bf16Code(bool twoColumns, int rowStep, int placeStep, int places, int blockStep)
{
    private const int Rows = RegisterTiles.Rows, Vector = 64, Word = 8;

    /// <summary>In the order of <see cref="RegisterTiles"/>.</summary>
    public static IReadOnlyList<Bf16Code> All { get; } =
    [
        new(twoColumns: true, Vector, sizeof(float), RegisterTiles.Lanes, (Rows - 1) * Vector),
        new(twoColumns: false, Vector, sizeof(float), RegisterTiles.Lanes, (Rows - 1) * Vector),
        new(twoColumns: true, sizeof(float), Vector, 1, 0),
        new(twoColumns: false, sizeof(float), Vector, 1, 0),
    ];

    private static readonly AssemblerRegisterZMM[] s_first = [zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23];
    private static readonly AssemblerRegisterZMM[] s_second = [zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31];

    /// <summary>A function of one argument, the address of A0, A1, B0, B1, Out0, Out1, Count, Step, Add, of 8 bytes each.</summary>
    public byte[] Assemble()
    {
        var code = new Assembler(64);
        var call = OperatingSystem.IsWindows() ? rcx : rdi;
        code.mov(r11, call);

        // All of these are free in both conventions. The second address of what there is one of is never looked at.
        var (a0, a1, b0, b1, count) = (rax, rdx, r8, r9, r10);
        code.mov(a0, Argument(0));
        code.mov(a1, Argument(1));
        code.mov(b0, Argument(2));
        code.mov(b1, Argument(3));
        code.mov(count, Argument(6));
        foreach (var sum in s_first.Concat(s_second))
        {
            code.vpxord(sum, sum, sum);
        }

        var loop = code.CreateLabel();
        code.Label(ref loop);
        for (var place = 0; place < places; place++)
        {
            code.vmovups(zmm0, __zmmword_ptr[b0 + (place * Vector)]);
            if (twoColumns)
            {
                code.vmovups(zmm1, __zmmword_ptr[b1 + (place * Vector)]);
            }

            for (var row = 0; row < Rows; row++)
            {
                var at = (row * rowStep) + (place * placeStep);
                if (twoColumns)
                {
                    code.vpbroadcastd(zmm2, __dword_ptr[a0 + at]);
                    code.vdpbf16ps(s_first[row], zmm2, zmm0);
                    code.vdpbf16ps(s_second[row], zmm2, zmm1);
                }
                else
                {
                    code.vdpbf16ps(s_first[row], zmm0, __dword_bcst[a0 + at]);
                    code.vdpbf16ps(s_second[row], zmm0, __dword_bcst[a1 + at]);
                }
            }
        }

        code.add(a0, (places * placeStep) + blockStep);
        code.add(a1, (places * placeStep) + blockStep);
        code.add(b0, places * Vector);
        code.add(b1, places * Vector);
        code.dec(count);
        code.jne(loop);
        Store(code, s_first, output: 4);
        Store(code, s_second, output: 5);
        code.vzeroupper();
        code.ret();
        using var bytes = new MemoryStream();
        code.Assemble(new StreamCodeWriter(bytes), 0);
        return bytes.ToArray();
    }

    private static AssemblerMemoryOperand Argument(int place) => __qword_ptr[r11 + (place * Word)];

    // Adds to what is there, where the call says so.
    private static void Store(Assembler code, AssemblerRegisterZMM[] sums, int output)
    {
        var (to, step, row) = (rax, r8, rdx);
        code.mov(to, Argument(output));
        code.mov(step, Argument(7));
        code.shl(step, 2);
        var write = code.CreateLabel();
        code.cmp(Argument(8), 0);
        code.je(write);
        code.mov(row, to);
        foreach (var sum in sums)
        {
            code.vaddps(sum, sum, __zmmword_ptr[row]);
            code.add(row, step);
        }

        code.Label(ref write);
        foreach (var sum in sums)
        {
            code.vmovups(__zmmword_ptr[to], sum);
            code.add(to, step);
        }
    }
}
