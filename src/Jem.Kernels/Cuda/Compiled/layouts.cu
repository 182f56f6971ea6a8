// Each of a batch of matrices turned over, in tiles that go through shared memory: both sides read and write adjacent numbers.
extern "C" __global__ void transpose(const float* from, float* to, int batch, int rows, int columns)
{
    __shared__ float tile[32][33];
    int lane = threadIdx.x % 32, deep = threadIdx.x / 32;
    for (int b = blockIdx.z; b < batch; b += gridDim.z)
    {
        long long start = b * (long long)rows * columns;
        for (int top = blockIdx.y * 32; top < rows; top += gridDim.y * 32)
        {
            int left = blockIdx.x * 32;
            for (int i = deep; i < 32; i += 8)
            {
                if (top + i < rows && left + lane < columns)
                {
                    tile[i][lane] = from[start + (top + i) * (long long)columns + left + lane];
                }
            }

            __syncthreads();
            for (int i = deep; i < 32; i += 8)
            {
                if (left + i < columns && top + lane < rows)
                {
                    to[start + (left + i) * (long long)rows + top + lane] = tile[lane][i];
                }
            }

            __syncthreads();
        }
    }
}
