// What no library of CUDA has, compiled at run time: the files of this folder, one after the other. There are no atomics, so the same bytes come out
// every time.

// A thread computes one element of the output, and every so-many-th after it.
#define ELEMENTS(i, count) \
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < (count); i += gridDim.x * (long long)blockDim.x)

// sign(x) * y
extern "C" __global__ void sign_mul(const float* x, const float* y, float* product, long long count)
{
    ELEMENTS(i, count)
    {
        product[i] = (x[i] > 0 ? 1.0f : x[i] < 0 ? -1.0f : 0.0f) * y[i];
    }
}
