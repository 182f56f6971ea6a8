// Batch norm, the ReLU behind it and their gradients. A row is what one place of one image has: a number of each channel. A block takes 32
// channels, one for each lane of a warp, and eight rows at a time: with channels last a warp reads adjacent numbers.

struct Channels
{
    // Numbers of a channel; channels; adjacent numbers of a channel, which are 1 where channels are last.
    long long rows;
    int channels, inner;
};

#define LANE ((int)(threadIdx.x % 32))
#define CHANNEL ((int)blockIdx.x * 32 + LANE)
#define DEEP 8

// What is read of one number's place.
struct Values
{
    float x, d, z;
};

__device__ long long place_of(Channels s, long long row, int channel)
{
    return s.inner == 1 ? row * s.channels + channel : (row / s.inner * s.channels + channel) * s.inner + row % s.inner;
}

// The places of a thread's channel in a block's rows. Four are read before the first is written: memory is far, and the compiler cannot know that
// what is written is not read.
template <typename Read, typename Write>
__device__ void each_row(Channels s, Read read, Write write)
{
    const int many = 4;
    int channel = CHANNEL;
    long long row = blockIdx.y * DEEP + threadIdx.x / 32, step = gridDim.y * DEEP;
    if (channel >= s.channels)
    {
        return;
    }

    for (; row + (many - 1) * step < s.rows; row += many * step)
    {
        Values values[many];
        long long places[many];
        #pragma unroll
        for (int i = 0; i < many; i++)
        {
            places[i] = place_of(s, row + i * step, channel);
            values[i] = read(places[i]);
        }

        #pragma unroll
        for (int i = 0; i < many; i++)
        {
            write(places[i], values[i]);
        }
    }

    for (; row < s.rows; row += step)
    {
        long long place = place_of(s, row, channel);
        write(place, read(place));
    }
}

// The sums of a block's rows, in their order: partial is [blocks of rows, 2, channels].
__device__ void add_up(float first, float second, float* partial, Channels s)
{
    __shared__ float sums[2][DEEP][32];
    sums[0][threadIdx.x / 32][LANE] = first;
    sums[1][threadIdx.x / 32][LANE] = second;
    __syncthreads();
    int which = threadIdx.x / 32;
    if (which < 2 && CHANNEL < s.channels)
    {
        float sum = 0;
        for (int i = 0; i < DEEP; i++)
        {
            sum += sums[which][i][LANE];
        }

        partial[(2 * blockIdx.y + which) * (long long)s.channels + CHANNEL] = sum;
    }
}

// The sums of all blocks' rows, for the first warp.
__device__ void add_parts(const float* partial, int parts, Channels s, double* first, double* second)
{
    __shared__ double sums[2][DEEP][32];
    double mine[2] = {0, 0};
    for (int part = threadIdx.x / 32; part < parts && CHANNEL < s.channels; part += DEEP)
    {
        mine[0] += partial[2 * part * (long long)s.channels + CHANNEL];
        mine[1] += partial[(2 * part + 1) * (long long)s.channels + CHANNEL];
    }

    sums[0][threadIdx.x / 32][LANE] = mine[0];
    sums[1][threadIdx.x / 32][LANE] = mine[1];
    __syncthreads();
    *first = *second = 0;
    for (int i = 0; i < DEEP; i++)
    {
        *first += sums[0][i][LANE];
        *second += sums[1][i][LANE];
    }
}

// Forwards and backwards have the same bits, and so the same mask.
__device__ float factor_of(float scale, float variance, float epsilon)
{
    return (float)(scale / sqrt(variance + (double)epsilon));
}

// Sums of x less the channel's first number, which keeps the difference of squares exact.
extern "C" __global__ void batch_moments(const float* x, float* partial, Channels s)
{
    float pivot = CHANNEL < s.channels ? x[(long long)CHANNEL * s.inner] : 0, sum = 0, square = 0;
    each_row(s, [&](long long i) { return Values{x[i], 0, 0}; }, [&](long long, Values v)
    {
        sum += v.x - pivot;
        square += (v.x - pivot) * (v.x - pivot);
    });
    add_up(sum, square, partial, s);
}

extern "C" __global__ void batch_moments_end(const float* x, const float* partial, float* mean, float* variance, int parts, Channels s)
{
    double sum, square;
    add_parts(partial, parts, s, &sum, &square);
    if (threadIdx.x < 32 && CHANNEL < s.channels)
    {
        double shift = sum / s.rows, spread = square / s.rows - shift * shift;
        mean[CHANNEL] = (float)(x[(long long)CHANNEL * s.inner] + shift);
        variance[CHANNEL] = spread > 0 ? (float)spread : spread == spread ? 0.0f : (float)spread;
    }
}

// y = norm(x); or max(0, norm(x)); or max(0, norm(x) + skip).
extern "C" __global__ void batch_norm(
    const float* x, const float* scale, const float* bias, const float* mean, const float* variance, const float* skip, float* y, int relu,
    float epsilon, Channels s)
{
    if (CHANNEL >= s.channels)
    {
        return;
    }

    float m = mean[CHANNEL], f = factor_of(scale[CHANNEL], variance[CHANNEL], epsilon), b = bias[CHANNEL];
    if (skip)
    {
        each_row(s, [&](long long i) { return Values{x[i], 0, skip[i]}; }, [&](long long i, Values v)
        {
            float value = fmaf(v.x - m, f, b) + v.z;
            y[i] = value <= 0 ? 0 : value;
        });
    }
    else
    {
        each_row(s, [&](long long i) { return Values{x[i], 0, 0}; }, [&](long long i, Values v)
        {
            float value = fmaf(v.x - m, f, b);
            y[i] = relu && value <= 0 ? 0 : value;
        });
    }
}

// Sums of d and d (x - mean), where d is dy; or, with a bias, dy where the norm is positive; or, with z, dy where z is positive, which is kept.
extern "C" __global__ void batch_norm_grad_sums(
    const float* x, const float* dy, const float* scale, const float* mean, const float* variance, const float* bias, const float* z, float* masked,
    float* partial, float epsilon, Channels s)
{
    float sum = 0, product = 0;
    if (CHANNEL < s.channels)
    {
        float m = mean[CHANNEL], f = factor_of(scale[CHANNEL], variance[CHANNEL], epsilon);
        if (z)
        {
            each_row(s, [&](long long i) { return Values{x[i], dy[i], z[i]}; }, [&](long long i, Values v)
            {
                float d = v.z > 0 ? v.d : 0;
                masked[i] = d;
                sum += d;
                product += d * (v.x - m);
            });
        }
        else
        {
            float b = bias ? bias[CHANNEL] : 0;
            each_row(s, [&](long long i) { return Values{x[i], dy[i], 0}; }, [&](long long, Values v)
            {
                float d = bias && fmaf(v.x - m, f, b) <= 0 ? 0 : v.d;
                sum += d;
                product += d * (v.x - m);
            });
        }
    }

    add_up(sum, product, partial, s);
}

// dscale, dbias, and what dx has of x - mean and besides: coefficients is [2, channels].
extern "C" __global__ void batch_norm_grad_end(
    const float* partial, const float* scale, const float* variance, float* dscale, float* dbias, float* coefficients, int parts, float epsilon, Channels s)
{
    double sum, product;
    add_parts(partial, parts, s, &sum, &product);
    if (threadIdx.x < 32 && CHANNEL < s.channels)
    {
        double inverse = 1 / sqrt(variance[CHANNEL] + (double)epsilon);
        dbias[CHANNEL] = (float)sum;
        dscale[CHANNEL] = (float)(product * inverse);
        coefficients[CHANNEL] = (float)(-scale[CHANNEL] * inverse * inverse * inverse * product / s.rows);
        coefficients[s.channels + CHANNEL] = (float)(-scale[CHANNEL] * inverse * sum / s.rows);
    }
}

extern "C" __global__ void batch_norm_grad(
    const float* x, const float* d, const float* scale, const float* mean, const float* variance, const float* bias, const float* coefficients, float* dx,
    float epsilon, Channels s)
{
    if (CHANNEL >= s.channels)
    {
        return;
    }

    float m = mean[CHANNEL], f = factor_of(scale[CHANNEL], variance[CHANNEL], epsilon);
    float p = coefficients[CHANNEL], q = coefficients[s.channels + CHANNEL];
    float b = bias ? bias[CHANNEL] : 0;
    each_row(s, [&](long long i) { return Values{x[i], d[i], 0}; }, [&](long long i, Values v)
    {
        float centred = v.x - m;
        dx[i] = fmaf(bias && fmaf(centred, f, b) <= 0 ? 0 : v.d, f, fmaf(centred, p, q));
    });
}
