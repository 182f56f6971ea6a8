// Operators on numbers of one place each.

// sign(x) * y
extern "C" __global__ void sign_mul(const float* x, const float* y, float* product, long long count)
{
    ELEMENTS(i, count)
    {
        product[i] = (x[i] > 0 ? 1.0f : x[i] < 0 ? -1.0f : 0.0f) * y[i];
    }
}

// The normal distribution's probability below x.
__device__ float normal(float x)
{
    return 0.5f * erfcf(-0.70710678f * x);
}

extern "C" __global__ void gelu(const float* x, float* y, long long count)
{
    ELEMENTS(i, count)
    {
        y[i] = x[i] * normal(x[i]);
    }
}

extern "C" __global__ void gelu_grad(const float* x, const float* dy, float* dx, long long count)
{
    ELEMENTS(i, count)
    {
        float at = x[i], density = 0.39894228f * expf(-0.5f * at * at); // 1/sqrt(2 pi)
        dx[i] = dy[i] * (normal(at) + at * density);
    }
}
