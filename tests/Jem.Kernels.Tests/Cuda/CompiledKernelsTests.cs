using System.Diagnostics;
using System.Runtime.InteropServices;
using Jem.Kernels.Cpu.Elementwise;
using Jem.Kernels.Cpu.Pool;
using Jem.Kernels.Cuda.Compiled;

namespace Jem.Kernels.Tests.Cuda;

/// <summary>
/// The kernels of the files *.cu, compiled as C++ for the processor: thread by thread they compute what a GPU would. The oracles are the
/// processor's kernels, whose tests have oracles of their own.
/// </summary>
[Platform("Linux")]
public sealed unsafe class CompiledKernelsTests : IDisposable
{
    private const int Planes = PoolCase.Images * PoolCase.Channels, Blocks = 2, Threads = 5;

    private const string Prologue = """
        #include "device.h"
        extern "C" void place(int block, int thread, int blocks, int threads)
        {
            blockIdx.x = block; threadIdx.x = thread; gridDim.x = blocks; blockDim.x = threads;
        }

        """;

    private readonly TemporaryFolder _folder = new();
    private nint _library;

    private static IEnumerable<PoolCase> Pools => [.. PoolCase.All, new(9, 8, [3, 2], [2, 1], [1, 1, 1, 1], [2, 3])];

    [OneTimeSetUp]
    public void Compile()
    {
        File.WriteAllText(_folder.At("kernels.cpp"), Prologue + CompiledKernels.Source);
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo(
                "g++",
                [
                    "-shared", "-fPIC", "-std=c++17", "-O1", "-Wall", "-Wno-unknown-pragmas", "-Wno-unused-function", "-Werror",
                    $"-I{Path.Combine(Repository.Root, "tests", "Shared", "Cuda")}", "-o", _folder.At("kernels.so"), _folder.At("kernels.cpp"),
                ]));
            compiler!.WaitForExit();
            Assert.That(compiler.ExitCode, Is.Zero, "the kernels are no C++");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("There is no g++.");
        }

        _library = NativeLibrary.Load(_folder.At("kernels.so"));
    }

    public void Dispose()
    {
        if (_library != 0)
        {
            NativeLibrary.Free(_library);
        }

        _folder.Dispose();
    }

    [TestCaseSource(nameof(Pools))]
    public void Max_pooling_has_the_gradient_of_the_processor_to_the_bit(PoolCase pool)
    {
        // Few different values, so that most windows have ties; and a NaN.
        var noise = TestTensor.Normal(3, PoolCase.Images, PoolCase.Channels, pool.H, pool.W).Values;
        var (x, δy, window) = (Array.ConvertAll(noise, MathF.Round), pool.Gradient(3).Values, Window(pool));
        x[7] = float.NaN;
        float[] expected = new float[x.Length], got = new float[x.Length];
        fixed (float* from = x, gradient = δy, right = expected, output = got)
        {
            MaxPoolGrad.Compute(window, Planes, (pool.H, pool.W), (pool.OutHeight, pool.OutWidth), from, gradient, right, OneThread.For);
            var find = (delegate* unmanaged<float*, float*, int*, PoolWindow, PoolPlanes, long, void>)NativeLibrary.GetExport(_library, "max_pool");
            var kernel = (delegate* unmanaged<int*, float*, float*, PoolWindow, PoolPlanes, long, void>)NativeLibrary.GetExport(_library, "max_pool_grad");
            fixed (int* maxima = new int[δy.Length])
            {
                float* a = from, b = gradient, c = output;
                var places = maxima;
                Everywhere(() => find(a, null, places, PoolWindow.Of(window), Sizes(pool), δy.Length));
                Everywhere(() => kernel(places, b, c, PoolWindow.Of(window), Sizes(pool), x.Length));
            }
        }

        Assert.That(got, Is.EqualTo(expected));
    }

    [TestCaseSource(nameof(Pools))]
    public void Average_pooling_has_the_gradient_of_the_processor_to_the_bit(PoolCase pool)
    {
        foreach (var countPadding in new[] { false, true })
        {
            var (δy, window) = (pool.Gradient(4).Values, Window(pool));
            float[] expected = new float[Planes * pool.H * pool.W], got = new float[expected.Length];
            fixed (float* gradient = δy, right = expected, output = got)
            {
                AveragePoolGrad.Compute(window, countPadding, Planes, (pool.H, pool.W), (pool.OutHeight, pool.OutWidth), gradient, right, OneThread.For);
                var kernel = (delegate* unmanaged<float*, float*, PoolWindow, PoolPlanes, int, long, void>)
                    NativeLibrary.GetExport(_library, "average_pool_grad");
                float* b = gradient, c = output;
                Everywhere(() => kernel(b, c, PoolWindow.Of(window), Sizes(pool), countPadding ? 1 : 0, got.Length));
            }

            Assert.That(got, Is.EqualTo(expected), $"padding counted {countPadding}");
        }
    }

    [Test]
    public void A_sign_times_a_number_is_that_of_the_processor()
    {
        float[] x = [1, -2, 0, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3], y = [5, 6, 7, -8, 9, 10, 11, float.NaN];
        float[] expected = new float[x.Length], got = new float[x.Length];
        fixed (float* left = x, right = y, oracle = expected, output = got)
        {
            PointwiseKernel<SignMul>.Compute(x.Length, left, right, oracle, OneThread.For);
            var kernel = (delegate* unmanaged<float*, float*, float*, long, void>)NativeLibrary.GetExport(_library, "sign_mul");
            float* a = left, b = right, c = output;
            Everywhere(() => kernel(a, b, c, x.Length));
        }

        Assert.That(got, Is.EqualTo(expected));
    }

    [TestCase(1, 1u)]
    [TestCase(256, 1u)]
    [TestCase(257, 2u)]
    [TestCase(1L << 40, 65535u)]
    public void A_grid_has_a_thread_for_each_element_as_far_as_it_goes(long elements, uint blocks) =>
        Assert.That(CompiledKernels.Blocks(elements), Is.EqualTo(blocks));

    private static PoolPlanes Sizes(PoolCase pool) => new(pool.H, pool.W, pool.OutHeight, pool.OutWidth);

    private static SlidingWindow Window(PoolCase pool) => new(
        pool.Kernel[0], pool.Kernel[1], pool.Strides[0], pool.Strides[1], pool.Pads[0], pool.Pads[1], pool.Pads[2], pool.Pads[3],
        pool.Dilations[0], pool.Dilations[1], Ceil: pool.Ceil);

    // Each thread of the grid, one after the other.
    private void Everywhere(Action kernel)
    {
        var place = (delegate* unmanaged<int, int, int, int, void>)NativeLibrary.GetExport(_library, "place");
        for (var thread = 0; thread < Blocks * Threads; thread++)
        {
            place(thread / Threads, thread % Threads, Blocks, Threads);
            kernel();
        }
    }
}
