// Gradients of pooling. A thread reads what its element needs, in the order in which the kernels of the processor add.

struct Window
{
    int kernel_height, kernel_width, stride_height, stride_width, top, left, bottom, right, dilation_height, dilation_width;
};

struct Planes
{
    // Sides before and after; channels that lie side by side, which are 1 where each has a plane of its own.
    int height, width, out_height, out_width, adjacent;
};

// The output whose window has its tap number `tap` at an input position, or -1.
__device__ int output_at(int position, int pad, int tap, int dilation, int stride, int outputs)
{
    int start = position + pad - tap * dilation;
    return start >= 0 && start % stride == 0 && start / stride < outputs ? start / stride : -1;
}

// The taps [first, end) that fall inside an image, for a window that starts at `start`.
__device__ int first_inside(int start, int dilation)
{
    return start < 0 ? (-start + dilation - 1) / dilation : 0;
}

__device__ int end_inside(int start, int size, int kernel, int dilation)
{
    return start + (kernel - 1) * dilation < size ? kernel : start < size ? (size - 1 - start) / dilation + 1 : 0;
}

// The place of a window's first maximum in row-major order, or of its last NaN; -1 if nothing of it lies in the image.
__device__ int maximum_of(const float* x, Window w, Planes p, int row, int column)
{
    int top = row * w.stride_height - w.top, left = column * w.stride_width - w.left, place = -1;
    int end_down = end_inside(top, p.height, w.kernel_height, w.dilation_height), end_right = end_inside(left, p.width, w.kernel_width, w.dilation_width);
    float maximum = 0;
    for (int down = first_inside(top, w.dilation_height); down < end_down; down++)
    {
        for (int right = first_inside(left, w.dilation_width); right < end_right; right++)
        {
            int at = (top + down * w.dilation_height) * p.width + left + right * w.dilation_width;
            float value = x[(long long)at * p.adjacent];
            if (place < 0 || value > maximum || value != value)
            {
                maximum = value;
                place = at;
            }
        }
    }

    return place;
}

// Max pooling: the greatest number of each window, where y is given, and its place, where places are.
extern "C" __global__ void max_pool(const float* x, float* y, int* places, Window w, Planes p, long long count)
{
    ELEMENTS(i, count)
    {
        long long position = i / p.adjacent, outer = position / (p.out_height * p.out_width);
        int at = (int)(position % (p.out_height * p.out_width)), channel = (int)(i % p.adjacent);
        const float* plane = x + outer * p.height * p.width * p.adjacent + channel;
        int place = maximum_of(plane, w, p, at / p.out_width, at % p.out_width);
        if (places)
        {
            places[i] = place;
        }

        if (y)
        {
            y[i] = place < 0 ? -3.402823466e+38f : plane[(long long)place * p.adjacent];
        }
    }
}

// dx of max pooling: the gradients of the windows whose maximum an input is.
extern "C" __global__ void max_pool_grad(const int* places, const float* dy, float* dx, Window w, Planes p, long long count)
{
    ELEMENTS(i, count)
    {
        long long position = i / p.adjacent, outer = position / (p.height * p.width);
        int place = (int)(position % (p.height * p.width)), channel = (int)(i % p.adjacent), row = place / p.width, column = place % p.width;
        float sum = 0;
        for (int down = w.kernel_height - 1; down >= 0; down--)
        {
            int out_row = output_at(row, w.top, down, w.dilation_height, w.stride_height, p.out_height);
            for (int right = w.kernel_width - 1; right >= 0 && out_row >= 0; right--)
            {
                int out_column = output_at(column, w.left, right, w.dilation_width, w.stride_width, p.out_width);
                long long at = ((outer * p.out_height + out_row) * p.out_width + out_column) * p.adjacent + channel;
                if (out_column >= 0 && places[at] == place)
                {
                    sum += dy[at];
                }
            }
        }

        dx[i] = sum;
    }
}

// dx of average pooling: the share of each window that an input is in. What lies beyond the padding never counts.
extern "C" __global__ void average_pool_grad(const float* dy, float* dx, Window w, Planes p, int count_padding, long long count)
{
    ELEMENTS(i, count)
    {
        int size = p.height * p.width, place = i % size, row = place / p.width, column = place % p.width;
        long long plane = i / size;
        float sum = 0;
        for (int down = w.kernel_height - 1; down >= 0; down--)
        {
            int out_row = output_at(row, w.top, down, w.dilation_height, w.stride_height, p.out_height), top = out_row * w.stride_height - w.top;
            for (int right = w.kernel_width - 1; right >= 0 && out_row >= 0; right--)
            {
                int out_column = output_at(column, w.left, right, w.dilation_width, w.stride_width, p.out_width);
                if (out_column < 0)
                {
                    continue;
                }

                int left = out_column * w.stride_width - w.left;
                int rows = end_inside(top, p.height + (count_padding ? w.bottom : 0), w.kernel_height, w.dilation_height);
                int columns = end_inside(left, p.width + (count_padding ? w.right : 0), w.kernel_width, w.dilation_width);
                int taps = count_padding ? rows * columns
                    : (rows - first_inside(top, w.dilation_height)) * (columns - first_inside(left, w.dilation_width));
                sum += dy[(plane * p.out_height + out_row) * p.out_width + out_column] / taps;
            }
        }

        dx[i] = sum;
    }
}
