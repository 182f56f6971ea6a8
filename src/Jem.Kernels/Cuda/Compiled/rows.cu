// Gradients that are taken row by row. So many neighbouring threads of a block, a power of two, have a row together, and a block has several rows:
// short ones leave few threads idle.

// The sum of a number of each thread of a group, for all of it. Every thread of the block has to call it.
__device__ float sum_of_group(float value, int lanes)
{
    __shared__ float sums[THREADS];
    int lane = threadIdx.x % lanes;
    sums[threadIdx.x] = value;
    __syncthreads();
    for (int half = lanes / 2; half > 0; half /= 2)
    {
        if (lane < half)
        {
            sums[threadIdx.x] += sums[threadIdx.x + half];
        }

        __syncthreads();
    }

    float sum = sums[threadIdx.x - lane];
    __syncthreads();
    return sum;
}

// A thread's rows; the same number of them for all of a block, of which those behind the last do not exist.
#define ROWS(row, lanes, rows) \
    for (long long row = blockIdx.x * (long long)(THREADS / (lanes)) + threadIdx.x / (lanes); row - threadIdx.x / (lanes) < (rows); \
        row += gridDim.x * (long long)(THREADS / (lanes)))

// dx = y * (dy - <dy, y>)
extern "C" __global__ void softmax_grad(const float* y, const float* dy, float* dx, int width, int lanes, long long rows)
{
    ROWS(row, lanes, rows)
    {
        int own = row < rows ? width : 0;
        long long begin = row * width;
        float dot = 0;
        for (int i = threadIdx.x % lanes; i < own; i += lanes)
        {
            dot += y[begin + i] * dy[begin + i];
        }

        dot = sum_of_group(dot, lanes);
        for (int i = threadIdx.x % lanes; i < own; i += lanes)
        {
            dx[begin + i] = y[begin + i] * (dy[begin + i] - dot);
        }
    }
}

// With d = scale * dy and n the normalised row: dx = (d - mean(d) - n * mean(d * n)) / deviation. Means and inverse deviations of the rows are kept.
extern "C" __global__ void layer_norm_grad(
    const float* x, const float* dy, const float* scale, float epsilon, float* dx, float* means, float* inverses, int width, int lanes, long long rows)
{
    ROWS(row, lanes, rows)
    {
        int own = row < rows ? width : 0, first = threadIdx.x % lanes;
        long long begin = row * width;
        float sum = 0;
        for (int i = first; i < own; i += lanes)
        {
            sum += x[begin + i];
        }

        float mean = sum_of_group(sum, lanes) / width, squares = 0, gradients = 0, products = 0;
        for (int i = first; i < own; i += lanes)
        {
            float centred = x[begin + i] - mean, d = scale[i] * dy[begin + i];
            squares += centred * centred;
            gradients += d;
            products += d * centred;
        }

        float inverse = 1.0f / sqrtf(sum_of_group(squares, lanes) / width + epsilon);
        float offset = sum_of_group(gradients, lanes) / width, slope = sum_of_group(products, lanes) / width * inverse * inverse;
        for (int i = first; i < own; i += lanes)
        {
            dx[begin + i] = (scale[i] * dy[begin + i] - offset - (x[begin + i] - mean) * slope) * inverse;
        }

        if (first == 0 && own > 0)
        {
            means[row] = mean;
            inverses[row] = inverse;
        }
    }
}

// The sums over a slice of the rows of dy * n and of dy, column by column: 32 columns a block, whose rows its eighths share.
extern "C" __global__ void layer_norm_sums(
    const float* x, const float* dy, const float* means, const float* inverses, float* sums, int width, long long rows)
{
    const int columns = 32, parts = THREADS / columns;
    __shared__ float scales[THREADS], biases[THREADS];
    int column = blockIdx.x * columns + threadIdx.x % columns;
    long long first = rows * blockIdx.y / gridDim.y + threadIdx.x / columns, end = column < width ? rows * (blockIdx.y + 1) / gridDim.y : 0;
    float scale = 0, bias = 0;
    for (long long row = first; row < end; row += parts)
    {
        float gradient = dy[row * width + column];
        scale += gradient * (x[row * width + column] - means[row]) * inverses[row];
        bias += gradient;
    }

    scales[threadIdx.x] = scale;
    biases[threadIdx.x] = bias;
    __syncthreads();
    if (threadIdx.x < columns && column < width)
    {
        for (int part = 1; part < parts; part++)
        {
            scale += scales[part * columns + threadIdx.x];
            bias += biases[part * columns + threadIdx.x];
        }

        sums[2LL * blockIdx.y * width + column] = scale;
        sums[(2LL * blockIdx.y + 1) * width + column] = bias;
    }
}

// The sums of all slices, in their order.
extern "C" __global__ void layer_norm_parameters(const float* sums, float* dscale, float* dbias, int slices, long long width)
{
    ELEMENTS(i, width)
    {
        float scale = 0, bias = 0;
        for (long long slice = 0; slice < slices; slice++)
        {
            scale += sums[2 * slice * width + i];
            bias += sums[(2 * slice + 1) * width + i];
        }

        dscale[i] = scale;
        dbias[i] = bias;
    }
}
