// What no library of CUDA has, compiled at run time: the files of this folder, one after the other. There are no atomics, so the same bytes come out
// every time.

// Of a block.
#define THREADS 256

// A thread computes one element of the output, and every so-many-th after it.
#define ELEMENTS(i, count) \
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < (count); i += gridDim.x * (long long)blockDim.x)
